import type { ByteWindow } from './byte-window';
import { crc64Hex } from './crc64';
import type { Findings } from './findings';
import { hex, TAIL_LENGTH } from './header';
import { finding, type Finding } from './verdict';

/** An append-only file of Redis 4 to 6 may begin with a whole RDB file, the preamble. Commands follow its checksum. */
export interface Preamble {
  /** What the bytes say in which the end mark is the last one before an index. */
  judgeEnd(end: number): Finding;
  /** Looks for the end in bytes that nobody walks, from those that are not consumed to an index (not included). */
  search(to: number): void;
}

const END = 0xff;
const CHECKSUM_LENGTH = TAIL_LENGTH - 1;

/** The first byte of a command, and of a note about when it was given. */
const COMMANDS: readonly (number | undefined)[] = [0x2a, 0x23];

/** The preamble of the file in a window. */
export function openPreamble(window: ByteWindow, findings: Findings): Preamble {
  function hasRightChecksum(end: number): boolean {
    const stored = window.bytes.slice(end, end + CHECKSUM_LENGTH);
    return stored.every((byte) => byte === 0) || hex(stored.reverse()) === crc64Hex(window.sums(end).jones);
  }

  const isBeforeCommands = (end: number) => COMMANDS.includes(window.bytes[end + CHECKSUM_LENGTH]);

  return {
    judgeEnd(end) {
      const behind = window.base + end + CHECKSUM_LENGTH;
      if (!hasRightChecksum(end)) return finding('checksum-mismatch', window.base + end);
      return finding(isBeforeCommands(end) ? 'append-only-file' : 'trailing-bytes', behind);
    },
    search(to) {
      if (findings.end !== undefined || findings.fault?.reason === 'append-only-file') return;
      const { bytes, base } = window;
      for (
        let at = bytes.indexOf(END, window.consumed);
        at >= 0 && at + TAIL_LENGTH < to;
        at = bytes.indexOf(END, at + 1)
      ) {
        const end = at + 1;
        if (!isBeforeCommands(end) || !hasRightChecksum(end)) continue;
        findings.note('end', 'append-only-file', base + end + CHECKSUM_LENGTH);
        return;
      }
    },
  };
}
