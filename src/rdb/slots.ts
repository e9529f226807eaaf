/** How many hash slots a cluster has, whatever its number of shards. */
export const SLOT_COUNT = 16_384;

/**
 * The hash slot of a key: CRC16/XMODEM modulo 16,384 of its hash tag (what is between the first `{` and the next `}`,
 * unless that is nothing), or of the whole key.
 *
 * @param key its bytes; a string stands for its UTF-8
 */
export function slotOf(key: Uint8Array | string): number {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key;
  return slotWithin(bytes, 0, bytes.length);
}

/** The same of a key that is bytes `from` to `to` of others. */
export function slotWithin(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  let at = from;
  // Two bytes at a time: neither look-up waits for the other.
  for (const end = to - 1; at < end; at += 2) {
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    if (first === OPENING_BRACE) return slotOfTagged(bytes, from, at, to);
    if (second === OPENING_BRACE) return slotOfTagged(bytes, from, at + 1, to);
    crc = (TABLE_AHEAD[(crc >>> 8) ^ first] ?? 0) ^ (TABLE[(crc & 0xff) ^ second] ?? 0);
  }
  // A brace that is the last byte opens nothing.
  return at < to ? addByte(crc, bytes[at] ?? 0) & (SLOT_COUNT - 1) : crc & (SLOT_COUNT - 1);
}

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** CRC16/XMODEM: the polynomial 0x1021 from 0, bits in order. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
  return crc;
});

/** What a byte is worth when another one follows. */
const TABLE_AHEAD = TABLE.map((crc) => addByte(crc, 0));

function addByte(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (TABLE[(crc >>> 8) ^ byte] ?? 0);
}

function slotOfTagged(bytes: Uint8Array, from: number, open: number, to: number): number {
  let close = open + 1;
  while (close < to && bytes[close] !== CLOSING_BRACE) close += 1;
  const hasTag = close < to && close > open + 1;
  return (hasTag ? crc16(bytes, open + 1, close) : crc16(bytes, from, to)) & (SLOT_COUNT - 1);
}

function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let at = from; at < to; at += 1) crc = addByte(crc, bytes[at] ?? 0);
  return crc;
}
