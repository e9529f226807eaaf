import type { Sums } from './byte-window';
import { crc64, crc64Hex, type Crc64 } from './crc64';
import type { FileNotes } from './file-notes';
import { isNumberText } from './number-text';
import type { FindingsState } from './findings';
import type { ScanOptions, ScanState } from './report';
import { formatSlots } from './slot-ranges';
import { foldDatabase, MAX_DATABASES, MAX_WARNINGS, type TalliesState } from './tallies';
import { REASONS } from './verdict';
import type { WalkState } from './walk';

/** The layout of {@link Checkpoint} and the numbers of the steps in it. Another one is not resumed. */
export const STATE_VERSION = 3;

/** Where a scan stands, with all that is in it. */
export interface Checkpoint extends ScanState {
  /** Of the options: a scan with others is another scan. */
  readonly options: string;
  /** Both checksums of every byte before the offset, as {@link formatSums} writes them. */
  readonly crc: string;
  /** Absent while the beginning of the file is not understood. */
  readonly notes?: FileNotes;
  readonly findings: FindingsState;
  readonly tallies: TalliesState;
  readonly walk?: WalkState;
}

/** The most bytes of a checkpoint as JSON: with what else a heartbeat holds it is under 1 KB. */
const MAX_BYTES = 870;

/** The checkpoint, or one that tells less where it would be too large. */
export function fitCheckpoint(checkpoint: Checkpoint): Checkpoint {
  let fitting = checkpoint;
  while (new TextEncoder().encode(JSON.stringify(fitting)).length > MAX_BYTES) {
    const smaller = tellLess(fitting);
    if (smaller === undefined) return fitting;
    fitting = smaller;
  }
  return fitting;
}

/** The same with a detail less that decides no verdict; undefined where there is none left. */
function tellLess(checkpoint: Checkpoint): Checkpoint | undefined {
  const { tallies, notes } = checkpoint;
  const folded = foldDatabase(tallies);
  if (folded !== undefined) return { ...checkpoint, tallies: folded };
  const fields = Object.entries(notes?.aux ?? {});
  if (notes !== undefined && fields.length > 0) {
    return { ...checkpoint, notes: { ...notes, aux: Object.fromEntries(fields.slice(0, -1)) } };
  }
  if (tallies.warnings.length === 0) return undefined;
  return { ...checkpoint, tallies: { ...tallies, warnings: tallies.warnings.slice(0, -1) } };
}

/** What tells the options of one scan from another's, in 16 hexadecimal digits. */
export function optionsKey({ level, size, slots, strict = false, s3Checksum = false }: ScanOptions): string {
  const text = JSON.stringify([level, size ?? null, slots ? formatSlots(slots) : null, strict, s3Checksum]);
  return crc64Hex(crc64(new TextEncoder().encode(text)));
}

/** Whether a scan with these options can go on from there: a state of this version and of the same options, as JSON keeps it. */
export function isCheckpoint(options: ScanOptions, state: unknown): state is Checkpoint {
  return isCheckpointOf(options, state);
}

function isCheckpointOf(options: ScanOptions, state: unknown): boolean {
  return (
    isRecord(state) &&
    state['v'] === STATE_VERSION &&
    state['options'] === optionsKey(options) &&
    isCount(state['offset']) &&
    isChecksums(state['crc']) &&
    isOptional(state['notes'], isNotes) &&
    // Bytes that were left behind without being understood cannot be had again.
    (state['notes'] !== undefined || state['offset'] === 0) &&
    isFindings(state['findings']) &&
    isTallies(state['tallies']) &&
    isOptional(state['walk'], isWalk)
  );
}

type Check = (value: unknown) => boolean;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => typeof value === 'number' && value >= 0 && value <= Number.MAX_VALUE;
const isWhole: Check = (value) => Number.isSafeInteger(value) && isCount(value);
const isChecksums: Check = (value) => typeof value === 'string' && /^[0-9a-f]{16}\.[0-9a-f]{16}$/.test(value);

function isOptional(value: unknown, check: Check): boolean {
  return value === undefined || check(value);
}

function isListOf(value: unknown, check: Check, most: number): boolean {
  return Array.isArray(value) && value.length <= most && value.every(check);
}

const isReason: Check = (value) => typeof value === 'string' && Object.hasOwn(REASONS, value);

function isFinding(value: unknown): boolean {
  return (
    isRecord(value) && isReason(value['reason']) && isText(value['verdict']) && isOptional(value['offset'], isCount)
  );
}

function isFindings(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isReasonWithOffset);
}

function isReasonWithOffset(value: unknown): boolean {
  return Array.isArray(value) && isReason(value[0]) && isOptional(value[1], isCount);
}

function isNotes(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value['aux']) || !Object.values(value['aux']).every(isText)) return false;
  const isMagic = [undefined, 'REDIS', 'VALKEY'].some((magic) => magic === value['magic']);
  const { version, format, finding } = value;
  return isMagic && isOptional(version, isWhole) && isOptional(format, isText) && isOptional(finding, isFinding);
}

/** No list of a state has more. */
const MAX_NUMBERS = 16;
const isNumbers: Check = (value) => isNumberText(value, MAX_NUMBERS);

function isTallies(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { db, rows, others, keys, slot, warnings } = value;
  return (
    isCount(db) &&
    isListOf(rows, isNumbers, MAX_DATABASES) &&
    [others, keys, slot].every((numbers) => isOptional(numbers, isNumbers)) &&
    isListOf(warnings, isNumbers, MAX_WARNINGS)
  );
}

function isWalk(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { at, strays, imported, deep } = value;
  return isNumbers(at) && [strays, imported, deep].every((numbers) => isOptional(numbers, isNumbers));
}

/** Both checksums, in 16 hexadecimal digits each. */
export function formatSums({ jones, nvme }: Sums): string {
  return `${crc64Hex(jones)}.${crc64Hex(nvme)}`;
}

/** What {@link formatSums} wrote. */
export function parseSums(text: string): Sums {
  const [jones = '', nvme = ''] = text.split('.');
  return { jones: parseCrc64(jones), nvme: parseCrc64(nvme) };
}

function parseCrc64(digits: string): Crc64 {
  return { high: Number.parseInt(digits.slice(0, 8), 16), low: Number.parseInt(digits.slice(8), 16) };
}
