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
  const open = bytes.indexOf(OPENING_BRACE);
  if (open === -1) return crc16(bytes, 0, bytes.length) % SLOT_COUNT;
  const close = bytes.indexOf(CLOSING_BRACE, open + 1);
  if (close === -1 || close === open + 1) return crc16(bytes, 0, bytes.length) % SLOT_COUNT;
  return crc16(bytes, open + 1, close) % SLOT_COUNT;
}

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** CRC16/XMODEM: the polynomial 0x1021 from 0, bits in order. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
  return crc;
});

function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at += 1) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >>> 8) ^ (bytes[at] ?? 0)] ?? 0);
  }
  return crc;
}
