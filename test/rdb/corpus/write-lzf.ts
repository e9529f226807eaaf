const LONGEST_LITERAL = 32;
const LONGEST_MATCH = 264;
const FARTHEST = 1 << 13;

/** LZF of bytes, by the plainest search: the last place where the next three bytes stood. */
export function compressLzf(raw: Uint8Array): Uint8Array {
  const packed: number[] = [];
  const lastSeen = new Map<number, number>();
  let literals: number[] = [];
  const flush = () => {
    if (literals.length > 0) packed.push(literals.length - 1, ...literals);
    literals = [];
  };
  for (let at = 0; at < raw.length;) {
    const three = at + 2 < raw.length ? byte(raw, at) | (byte(raw, at + 1) << 8) | (byte(raw, at + 2) << 16) : -1;
    const seen = lastSeen.get(three) ?? -1;
    if (three >= 0) lastSeen.set(three, at);
    if (three < 0 || seen < 0 || at - seen > FARTHEST) {
      literals.push(byte(raw, at));
      at += 1;
      if (literals.length === LONGEST_LITERAL) flush();
      continue;
    }
    flush();
    let length = 3;
    while (length < LONGEST_MATCH && at + length < raw.length && raw[seen + length] === raw[at + length]) length += 1;
    const back = at - seen - 1;
    if (length < 9) packed.push(((length - 2) << 5) | (back >> 8), back & 255);
    else packed.push((7 << 5) | (back >> 8), length - 9, back & 255);
    at += length;
  }
  flush();
  return Uint8Array.from(packed);
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
