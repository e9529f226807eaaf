import { formatBytes, formatPart, formatSeconds, showSafely } from './units';

/** Where the command stands. */
export interface Progress {
  /** An argument begins, of so many bytes; undefined where only the end tells. */
  begin(total: number | undefined): void;
  /** An object of it begins. */
  enter(name: string): void;
  /** So much of the object was read. */
  tick(received: number): void;
  /** The object ends, of so many bytes. */
  leave(size: number): void;
  /** The argument ends: the line is cleared. */
  end(): void;
  /** How far it came, in words. */
  describe(): string;
}

/** What is drawn at a moment. */
export interface Standing {
  readonly name: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** What a progress bar needs of a terminal. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 10;
const CLEAR = '\r\u001b[2K';

/** Follows the reading, and draws it on a terminal if there is one. */
export function openProgress(terminal: Terminal | undefined, now: () => number = () => performance.now()): Progress {
  let [begun, drawn, finished, received] = [0, Number.NEGATIVE_INFINITY, 0, 0];
  let total: number | undefined;
  let name: string | undefined;
  const draw = () => {
    if (terminal === undefined || name === undefined || now() - drawn < REDRAW_MS) return;
    drawn = now();
    const standing = { name, done: finished + received, total, elapsedMs: now() - begun };
    terminal.write(CLEAR + formatStanding(standing, widthOf(terminal) - 1));
  };
  return {
    begin: (bytes) => {
      [begun, drawn, finished, received, total] = [now(), Number.NEGATIVE_INFINITY, 0, 0, bytes];
    },
    enter: (next) => {
      [name, received] = [next, 0];
      draw();
    },
    tick: (at) => {
      received = at;
      draw();
    },
    leave: (size) => {
      [finished, received] = [finished + size, 0];
    },
    end: () => {
      if (drawn > 0) terminal?.write(CLEAR);
    },
    describe: () => {
      if (name === undefined) return 'before anything was read';
      const done = finished + received;
      return `in ${showSafely(name)}, after ${total === undefined ? formatBytes(done) : formatPart(done, total)}`;
    },
  };
}

/** Terminals of no known size call it 0. */
function widthOf({ columns = 0 }: Terminal): number {
  return columns > 0 ? columns : 80;
}

/** One line: what is read, how much of it, how fast, and for how long still. */
export function formatStanding({ name, done, total, elapsedMs }: Standing, width: number): string {
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1_000 : 0;
  const parts = [
    ...(total === undefined ? [formatBytes(done)] : [`${bar(done / total)}  ${formatPart(done, total)}`]),
    ...(rate > 0 ? [`${formatBytes(rate)}/s`] : []),
    ...(rate > 0 && total !== undefined ? [`${formatSeconds((total - done) / rate)} left`] : []),
  ].join('  ');
  const shown = showSafely(name);
  const room = width - parts.length - 2;
  return `${shown.length <= room ? shown : `…${shown.slice(shown.length - room + 1)}`}  ${parts}`.slice(0, width);
}

/** An empty object is read at once. */
function bar(share: number): string {
  const whole = Number.isNaN(share) ? 1 : Math.min(1, share);
  const filled = Math.floor(whole * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${Math.floor(whole * 100)} %`;
}
