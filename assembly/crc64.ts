// CRC-64 by sparse multiples: `node scripts/build-kernel.mjs` makes src/rdb/crc64-wasm.ts of this.
//
// A polynomial T(x) = 1 + x^a + x^b + x^c + x^d + x^e + x^reach that the checksum's own polynomial divides is worth
// nothing: added to a message, in any place, it leaves the checksum as it is. In GF(2), T(x)^n = T(x^n) where n is a
// power of 2, and so it may be added byte by byte (n = 8) or word by word (n = 64), to make the message's head zero.
// What a unit adds to those behind it, those behind gather: each is XORed with the ones `reach`, `reach - a` ...
// `reach - e` units before it, once these have gathered theirs. That is 16 bytes at a time, and nothing to look up;
// only the last `reach` units are then left to be looked up in tables.
//
// The idea is that of "Chorba: A novel CRC32 implementation", https://arxiv.org/abs/2412.16398.

/** So many bytes are gathered before the end of the range is looked for: the engine unrolls a step. */
const STEP: usize = 128;

/** After so many bytes the window moves back to where it began. */
const BLOCK: usize = 131_072;

/** What a fold leaves at most: the longer reach (of NVME), in words, and less than a step; and a step overrun. */
const REMAINDER: usize = 8 * 5121 + 2 * STEP;

/** A range must be so many times as long as the reach: below, looking up all of it is not slower. */
const WORTH: usize = 2;

/** One of eight tables of 256 words. */
const TABLE: usize = 2048;

const jonesTables: usize = memory.data(8 * 2048, 64);
const nvmeTables: usize = memory.data(8 * 2048, 64);
const window: usize = memory.data(<i32>(REMAINDER + BLOCK), 64);
const remainderOfWords: usize = memory.data(<i32>REMAINDER, 64);
const remainderOfBytes: usize = memory.data(<i32>REMAINDER, 64);

/** Where the caller's bytes begin. All memory behind is theirs, but for a margin after the last byte. */
export const begin: usize = (__heap_base + 63) & ~63;

/** The margin: it is read at times, though what is there has no effect. */
export const margin: usize = STEP;

makeTables(jonesTables, 0x95ac9329ac4bc9b5);
makeTables(nvmeTables, 0x9a6c9329ac4bc9b5);

/** CRC-64/Jones of the bytes, going on from a state. */
export function jones(state: u64, from: usize, length: usize): u64 {
  return compute(jonesTables, state, from, length, 609, 2621, 3618, 4340, 4368, 5045);
}

/** CRC-64/NVME likewise; it is inverted before and after. */
export function nvme(state: u64, from: usize, length: usize): u64 {
  return ~compute(nvmeTables, ~state, from, length, 1340, 2334, 3760, 5000, 5073, 5121);
}

/** Folds by words, folds the remainder by bytes, and looks up what then remains. */
// prettier-ignore
function compute(
  tables: usize, state: u64, from: usize, length: usize,
  a: usize, b: usize, c: usize, d: usize, e: usize, reach: usize
): u64 {
  if (length >= WORTH * 8 * reach) {
    length = fold(state, from, length, remainderOfWords, 8 * a, 8 * b, 8 * c, 8 * d, 8 * e, 8 * reach);
    from = remainderOfWords;
    state = 0;
  }
  if (length >= WORTH * reach) {
    length = fold(state, from, length, remainderOfBytes, a, b, c, d, e, reach);
    from = remainderOfBytes;
    state = 0;
  }
  return lookUp(tables, state, from, length);
}

/**
 * Writes a shorter message to `to` that has the same checksum, with nothing to go on from.
 *
 * @returns its length: the reach and less than a step
 */
// prettier-ignore
function fold(
  state: u64, from: usize, length: usize, to: usize,
  a: usize, b: usize, c: usize, d: usize, e: usize, reach: usize
): usize {
  // The window: what has been gathered, as far back as the reach goes. At its far end only the first eight bytes of
  // the range see anything, and they have to be XORed with the state.
  memory.fill(window, 0, reach);
  store<u64>(window, state);
  let left = (length - reach) & ~(STEP - 1);
  const remainder = length - left;
  while (left > 0) {
    const now = min(left, BLOCK);
    gather(from, window, window + reach, now, a, b, c, d, e);
    memory.copy(window, window + now, reach);
    from += now;
    left -= now;
  }
  // The remainder gathers from what lies before it, and not from itself.
  memory.fill(window + reach, 0, remainder + STEP);
  gather(from, window, to, remainder, a, b, c, d, e);
  return remainder;
}

/** XORs the bytes at `from` with those at six places of the window, in whole steps. */
// prettier-ignore
function gather(
  from: usize, at: usize, to: usize, length: usize,
  a: usize, b: usize, c: usize, d: usize, e: usize
): void {
  const end = from + length;
  a += at;
  b += at;
  c += at;
  d += at;
  e += at;
  while (from < end) {
    for (let i: usize = 0; i < STEP; i += 16) {
      const near = v128.xor(v128.load(from + i), v128.xor(v128.load(c + i), v128.load(d + i)));
      const far = v128.xor(v128.load(at + i), v128.xor(v128.load(a + i), v128.load(b + i)));
      v128.store(to + i, v128.xor(v128.xor(near, far), v128.load(e + i)));
    }
    from += STEP;
    at += STEP;
    to += STEP;
    a += STEP;
    b += STEP;
    c += STEP;
    d += STEP;
    e += STEP;
  }
}

/** Slice by 8: each byte of a word has a table of its own, so that no look-up waits for another. */
function lookUp(tables: usize, state: u64, from: usize, length: usize): u64 {
  const end = from + length;
  for (const words = from + (length & ~7); from < words; from += 8) {
    let word = state ^ load<u64>(from);
    state = 0;
    for (let table = tables + 8 * TABLE; table > tables; word >>= 8) {
      table -= TABLE;
      state ^= load<u64>(table + entry(word));
    }
  }
  for (; from < end; from += 1) state = (state >> 8) ^ load<u64>(tables + entry(state ^ load<u8>(from)));
  return state;
}

/** The n-th of the eight tables holds what a byte is worth when n zero bytes follow it. */
function makeTables(tables: usize, polynomial: u64): void {
  for (let byte: usize = 0; byte < 256; byte += 1) {
    let worth: u64 = byte;
    for (let bit = 0; bit < 8; bit += 1) worth = (worth >> 1) ^ (polynomial & (0 - (worth & 1)));
    store<u64>(tables + 8 * byte, worth);
  }
  for (let at = tables + TABLE; at < tables + 8 * TABLE; at += 8) {
    const worth = load<u64>(at - TABLE);
    store<u64>(at, (worth >> 8) ^ load<u64>(tables + entry(worth)));
  }
}

/** Where in a table the lowest byte's entry is. */
function entry(word: u64): usize {
  return (<usize>(word & 255)) << 3;
}
