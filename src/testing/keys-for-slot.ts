/** The hash slots of a shard, as ranges from the first slot to the last one. */
export type SlotRanges = readonly (readonly [first: number, last: number])[];

const slotCount = 16_384;

/** Reads slots such as `0-5460,7000`; throws a TypeError when they are none. */
export function parseSlots(text: string): SlotRanges {
  return text.split(',').map((range) => {
    const [, first, last = first] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(range) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (from <= to && to < slotCount) return [from, to] as const;
    throw new TypeError(`slots: '${text}' are none; use ranges of 0 to 16383, such as '0-5460,7000'`);
  });
}

/** The slot that a cluster keeps a key in: of what stands in the first `{...}`, if anything does, else of all. */
export function hashSlot(key: string): number {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  return crc16(Buffer.from(close > open + 1 ? key.slice(open + 1, close) : key)) % slotCount;
}

/** The first key from `make(from)` on that belongs into these slots, and where to go on. */
export function findKey(
  make: (n: number) => string,
  ranges: SlotRanges,
  from: number
): { readonly key: string; readonly next: number } {
  for (let n = from; ; n += 1) {
    const key = make(n);
    const slot = hashSlot(key);
    if (ranges.some(([first, last]) => slot >= first && slot <= last)) return { key, next: n + 1 };
  }
}

/** CRC-16/XMODEM: `123456789` gives 31c3. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}
