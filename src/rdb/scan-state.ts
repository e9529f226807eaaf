import { crc64, crc64Hex, type Crc64 } from './crc64';
import type { FileNotes } from './file-notes';
import type { FindingsState } from './findings';
import type { ScanOptions, ScanState } from './report';
import { MAX_SLOT_NUMBERS } from './shard-slots';
import { formatSlots } from './slot-ranges';
import { MAX_DATABASES, MAX_WARNINGS, type TalliesState } from './tallies';
import { REASONS } from './verdict';
import type { WalkState } from './walk';

/** The layout of {@link Checkpoint} and the numbers of the steps in it. Another one is not resumed. */
export const STATE_VERSION = 2;

/** Where a scan stands, with all that is in it. */
export interface Checkpoint extends ScanState {
  /** Of the options: a scan with others is another scan. */
  readonly options: string;
  /** 16 hexadecimal digits, of every byte before the offset. */
  readonly crc: string;
  readonly nvme: string;
  /** Absent while the beginning of the file is not understood. */
  readonly notes?: FileNotes;
  readonly findings: FindingsState;
  readonly tallies: TalliesState;
  readonly walk?: WalkState;
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
    state['level'] === options.level &&
    state['options'] === optionsKey(options) &&
    isCount(state['offset']) &&
    isChecksum(state['crc']) &&
    isChecksum(state['nvme']) &&
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
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Check = (value) => typeof value === 'number' && value >= 0 && value <= Number.MAX_VALUE;
const isWhole: Check = (value) => Number.isSafeInteger(value) && isCount(value);
const isChecksum: Check = (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);

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

const MOST_NUMBERS = 16;
const isNumbers: Check = (value) => isListOf(value, isNumber, MOST_NUMBERS);

const isSlotNumbers: Check = (value) => isListOf(value, isCount, MAX_SLOT_NUMBERS);

function isTallies(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { db, databases, database, slot, warnings } = value;
  return (
    isCount(db) &&
    isListOf(databases, isNumbers, MAX_DATABASES) &&
    isOptional(database, isNumbers) &&
    isOptional(slot, isNumbers) &&
    isListOf(warnings, isNumbers, MAX_WARNINGS)
  );
}

function isWalk(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { step, left, skip, item, expiring, slots, strays, imported, deep } = value;
  return (
    isWhole(step) &&
    isNumbers(left) &&
    [skip, item].every(isCount) &&
    [strays, imported].every((numbers) => isOptional(numbers, isSlotNumbers)) &&
    isOptional(expiring, (flag) => flag === 1) &&
    isOptional(slots, isNumbers) &&
    isOptional(deep, isNumbers)
  );
}

/** The number whose digits {@link crc64Hex} writes. */
export function parseCrc64(digits: string): Crc64 {
  return { high: Number.parseInt(digits.slice(0, 8), 16), low: Number.parseInt(digits.slice(8), 16) };
}
