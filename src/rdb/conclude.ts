import type { ByteWindow } from './byte-window';
import { crc64Hex } from './crc64';
import { describeFile, type FileNotes } from './file-notes';
import { FIRST_VERSION_WITH_CHECKSUM } from './formats';
import type { Findings } from './findings';
import { readTail, TAIL_LENGTH } from './header';
import type { RdbReport, ScanOptions } from './report';
import type { Strays } from './shard-slots';
import type { Tallies } from './tallies';
import { finding, type Finding } from './verdict';
import type { Walk } from './walk';

/** All that a scan knows when no more bytes come. */
export interface Outcome {
  readonly options: ScanOptions;
  readonly notes: FileNotes;
  readonly window: ByteWindow;
  readonly findings: Findings;
  readonly tallies: Tallies;
  /** Absent below level `structure`, and where the file is not read on. */
  readonly walk: Walk | undefined;
}

/** Judges a file of which every byte was seen. */
export function conclude(outcome: Outcome): RdbReport {
  const { options, window, notes, tallies, walk } = outcome;
  const { finding: unread, ...facts } = notes;
  const end = unread === undefined ? endOf(outcome) : readSupposedEnd(window);
  return {
    ...(worstOf(outcome, end) ?? { verdict: 'verified' }),
    level: options.level,
    bytes: lengthOf(window),
    ...facts,
    ...describeFile(notes),
    ...(end.checksum !== undefined && { checksum: end.checksum }),
    ...(end.computedChecksum !== undefined && { computedChecksum: end.computedChecksum }),
    ...(options.s3Checksum === true && { s3Checksum: crc64Hex(window.sums(window.filled).nvme) }),
    databases: tallies.databases,
    ...(tallies.otherDatabases && { otherDatabases: tallies.otherDatabases }),
    ...(walk?.slots && { slots: walk.slots }),
    ...describeShard(walk),
    warnings: tallies.warnings,
  };
}

function describeShard(walk: Walk | undefined): Pick<RdbReport, 'strayKeys' | 'straySlots' | 'importedSlots'> {
  const { strays, imported = [] } = walk?.shard ?? {};
  return {
    ...(strays && { strayKeys: strays.keys, straySlots: strays.slots }),
    ...(imported.length > 0 && { importedSlots: imported }),
  };
}

/**
 * The finding that says most. What is built wrong comes first: its offset is where to look. Then what the end says: keys
 * that seem to be another shard's, or a type that is not known, may be nothing but rot. How many keys are strays is known
 * of a file alone that was read to its end, because engines write the keys of a slot together.
 */
function worstOf({ options, window, findings, tallies, walk }: Outcome, end: End): Finding | undefined {
  const { misfit, doubt } = findings;
  const fault = judgeBeginning(findings.fault, end);
  const [bytes, size] = [lengthOf(window), options.size ?? lengthOf(window)];
  const isCut = walk !== undefined && !walk.isAtEnd && fault === undefined;
  const order = [
    bytes > size && finding('size-mismatch', size),
    fault?.verdict === 'corrupt' && fault,
    isCut && finding('truncated', walk.item),
    bytes < size && finding('truncated', bytes),
    end.finding?.verdict === 'corrupt' && end.finding,
    misfit,
    fault,
    findings.end,
    judgeStrays(walk?.shard.strays, tallies),
    end.finding,
    doubt,
  ];
  return order.find((found) => found !== false && found !== undefined) || undefined;
}

/** Most keys are strays in the file of another shard; some are, where a shard gave slots away and kept keys of theirs. */
function judgeStrays(strays: Strays | undefined, { databases, otherDatabases }: Tallies): Finding | undefined {
  if (strays === undefined) return undefined;
  const keys = databases.reduce((sum, database) => sum + database.keys, otherDatabases?.keys ?? 0);
  return finding(2 * strays.keys > keys ? 'wrong-shard' : 'stray-keys', strays.offset);
}

/** A file that ends as RDB files do, with the right checksum, is one of their kind, however it begins. */
function judgeBeginning(fault: Finding | undefined, { checksum }: End): Finding | undefined {
  return fault?.reason === 'not-rdb' && checksum !== undefined ? finding('unknown-magic', 0) : fault;
}

/** What the end mark and the checksum behind it say of the bytes before them. */
interface End {
  readonly finding?: Finding;
  readonly checksum?: string;
  readonly computedChecksum?: string;
}

/** None where commands are what follows: how those end, no RDB file tells. */
function endOf({ window, notes, findings }: Outcome): End {
  const isOver = [findings.fault, findings.end].some((found) => found?.reason === 'append-only-file');
  return isOver ? {} : readEnd(window, notes.version);
}

function readEnd(window: ByteWindow, version: number | undefined): End {
  const { filled } = window;
  const tail = window.bytes.subarray(Math.max(0, filled - TAIL_LENGTH), filled);
  // A scan that was resumed is given the last bytes at least, unless the object shrank meanwhile.
  if (tail.length < TAIL_LENGTH && window.base > 0) return { finding: finding('truncated', lengthOf(window)) };
  const { checksum, ...found } = readTail(tail, lengthOf(window), version);
  if (found.verdict === 'corrupt' || (version ?? 0) < FIRST_VERSION_WITH_CHECKSUM) return { finding: found };
  const start = filled - TAIL_LENGTH + 1;
  const computedChecksum = crc64Hex(window.sums(start).jones);
  if (checksum === undefined) return { finding: found, computedChecksum };
  const mismatch = checksum !== computedChecksum && finding('checksum-mismatch', window.base + start);
  return { ...(mismatch && { finding: mismatch }), checksum, computedChecksum };
}

/**
 * The end of a version that is not known is not known either. Where the last 8 bytes are the CRC of all bytes before
 * them, that is no coincidence.
 */
function readSupposedEnd(window: ByteWindow): End {
  const { checksum, computedChecksum } = readEnd(window, FIRST_VERSION_WITH_CHECKSUM);
  return checksum !== undefined && checksum === computedChecksum ? { checksum, computedChecksum } : {};
}

function lengthOf({ base, filled }: ByteWindow): number {
  return base + filled;
}
