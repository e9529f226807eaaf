export { combineCrc64, crc64, crc64Hex, EMPTY_CRC64, type Crc64 } from './crc64';
export type { RdbMagic } from './formats';
export {
  HEAD_LENGTH,
  judgeHeader,
  readHead,
  readTail,
  TAIL_LENGTH,
  type HeaderReport,
  type HeadReport,
  type TailReport,
} from './header';
export type {
  ContentLevel,
  CountWarning,
  DatabaseCounts,
  RdbReport,
  RdbScan,
  ScanOptions,
  ScanState,
  ValueType,
} from './report';
export { openScan, resumes } from './scan';
export { containsSlot, formatSlots, parseSlots, slotsCover, type SlotCover, type SlotRange } from './slot-ranges';
export { SLOT_COUNT, slotOf } from './slots';
export { REASONS, type Finding, type Reason, type Verdict, type VerifyLevel } from './verdict';
