import { openByteWindow } from './byte-window';
import { conclude } from './conclude';
import { hasSlotFields } from './count-steps';
import { readNotes, type FileNotes } from './file-notes';
import { openFindings } from './findings';
import { FIRST_VERSION_WITH_CHECKSUM } from './formats';
import { AOF_PREAMBLE, HEAD_LENGTH, TAIL_LENGTH } from './header';
import { openPreamble, type Preamble } from './preamble';
import { compileWalks } from './record-walks';
import type { RdbReport, RdbScan, ScanOptions, ScanState } from './report';
import {
  fitCheckpoint,
  formatSums,
  isCheckpoint,
  optionsKey,
  parseSums,
  STATE_VERSION,
  type Checkpoint,
} from './scan-state';
import { openTallies } from './tallies';
import { openWalk, type Walk, type WalkState } from './walk';

/** Whether {@link openScan} can go on from there: the state of a scan with the same options, as JSON keeps it. */
export function resumes(options: ScanOptions, state: unknown): state is ScanState {
  return isCheckpoint(options, state);
}

/**
 * Begins a pass over a file, or goes on where another one stood: then with the bytes from `from.offset` on.
 *
 * @throws RangeError where `from` is not a state to go on from, see {@link resumes}
 */
export function openScan(options: ScanOptions, from?: ScanState): RdbScan {
  if (from !== undefined && !isCheckpoint(options, from)) {
    throw new RangeError('The state is not of a scan with the same options; begin a new scan without it.');
  }
  const { level, size, slots, strict = false, s3Checksum = false } = options;
  const key = optionsKey(options);
  const findings = openFindings(from?.findings);
  const tallies = openTallies((offset) => strict && findings.note('misfit', 'count-mismatch', offset), from?.tallies);
  const window = openByteWindow(s3Checksum, from?.offset, from && parseSums(from.crc));
  let notes: FileNotes | undefined;
  let preamble: Preamble | undefined;
  let walk: Walk | undefined;
  let trailer = TAIL_LENGTH - 1;
  // Where in the file the walk stands; it may be ahead of what is consumed, because the end of the file is held back.
  let walked = window.base;
  if (from?.notes !== undefined) begin(from.notes, from.walk);

  function begin(read: FileNotes, at?: WalkState): void {
    notes = read;
    const { magic, version, format, finding } = read;
    if (finding !== undefined) findings.note('fault', finding.reason, finding.offset);
    else if (format === AOF_PREAMBLE) preamble = openPreamble(window, findings);
    if (finding !== undefined || level === 'checksum' || magic === undefined || version === undefined) return;
    if (version < FIRST_VERSION_WITH_CHECKSUM) trailer = 0;
    tallies.hasSlotFields = hasSlotFields(magic, version);
    const isDeep = level === 'deep';
    const bodyEnd = (size ?? Number.MAX_SAFE_INTEGER) - trailer;
    const walks = compileWalks(magic, version, isDeep);
    walk = openWalk({ walks, isDeep, slots, bodyEnd, trailer, preamble, findings, tallies }, at);
  }

  function look(isWhole: boolean): void {
    const { bytes, base, filled } = window;
    const isTooLong = size !== undefined && base + filled > size;
    // What the file is said to have is walked, however much comes with it.
    const listed = isTooLong ? Math.max(0, size - base) | 0 : filled;
    if (notes === undefined) {
      const read = readNotes(bytes.subarray(0, Math.min(listed, HEAD_LENGTH)), size, isWhole);
      if (read === undefined) return;
      begin(read);
    }
    const edge = listed - trailer;
    const isWalking = walk !== undefined && findings.fault === undefined;
    if (isWalking && base + edge > walked) walked = base + (walk?.advance(bytes, walked - base, edge, base) ?? 0);
    if (walk === undefined || findings.fault?.verdict === 'unsupported') preamble?.search(listed);
    if (isTooLong) findings.note('fault', 'size-mismatch', size);
    const done = walk !== undefined && findings.fault === undefined ? walked - base : filled;
    window.consume(Math.min(done, filled - TAIL_LENGTH));
  }

  const scan: RdbScan = {
    get received() {
      return window.base + window.filled;
    },
    get finding() {
      return findings.fault ?? findings.misfit ?? findings.doubt;
    },
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        const space = scan.space();
        const part = chunk.subarray(at, at + space.length);
        space.set(part);
        scan.commit(part.length);
        at += part.length;
      }
    },
    space: () => window.space(),
    commit(length) {
      window.commit(length);
      look(false);
    },
    state(): Checkpoint {
      const offset = window.base + window.consumed;
      const at = walk?.state(Math.max(0, walked - offset));
      return fitCheckpoint({
        v: STATE_VERSION,
        offset,
        options: key,
        crc: formatSums(window.sums(window.consumed)),
        ...(notes && { notes }),
        findings: findings.state(),
        tallies: tallies.state(),
        ...(at && { walk: at }),
      });
    },
    end(): RdbReport {
      if (notes === undefined) look(true);
      return conclude({ options, notes: notes ?? NOTHING, window, findings, tallies, walk });
    },
  };
  return scan;
}

const NOTHING: FileNotes = { aux: {} };
