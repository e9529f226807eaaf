import { readInt16, readInt32 } from './words';

/** The width of a member, how many there are. */
const HEAD = 8;

/** Whether an intset is sound: -1, or the index of the byte that cannot be. Members ascend; there is at least one. */
export function checkIntset(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < HEAD) return to;
  const width = readInt32(bytes, from);
  if (width !== 2 && width !== 4 && width !== 8) return from;
  const count = readInt32(bytes, from + 4);
  if (count <= 0 || count * width !== to - from - HEAD) return from + 4;
  if (width === 2) return checkInt16s(bytes, from + HEAD, to);
  return width === 4 ? checkInt32s(bytes, from + HEAD, to) : checkInt64s(bytes, from + HEAD, to);
}

/** How many members a sound intset holds. */
export function countIntset(bytes: Uint8Array, from: number): number {
  return readInt32(bytes, from + 4);
}

function checkInt16s(bytes: Uint8Array, from: number, to: number): number {
  let before = readInt16(bytes, from);
  for (let at = from + 2; at < to; at += 2) {
    const member = readInt16(bytes, at);
    if (member <= before) return at;
    before = member;
  }
  return -1;
}

function checkInt32s(bytes: Uint8Array, from: number, to: number): number {
  let before = readInt32(bytes, from);
  for (let at = from + 4; at < to; at += 4) {
    const member = readInt32(bytes, at);
    if (member <= before) return at;
    before = member;
  }
  return -1;
}

function checkInt64s(bytes: Uint8Array, from: number, to: number): number {
  // The lower words compare without a sign, which is what the flipped bit does.
  let low = readInt32(bytes, from) ^ SIGN;
  let high = readInt32(bytes, from + 4);
  for (let at = from + 8; at < to; at += 8) {
    const nextLow = readInt32(bytes, at) ^ SIGN;
    const nextHigh = readInt32(bytes, at + 4);
    if (nextHigh < high || (nextHigh === high && nextLow <= low)) return at;
    low = nextLow;
    high = nextHigh;
  }
  return -1;
}

const SIGN = 1 << 31;
