import { bigEndian, bytesOf, littleEndian } from '../rdb-bytes';

/** An element of a packed value. */
export type Element = string | Uint8Array | number | bigint;

/** A listpack: every element in its shortest encoding. */
export function listpack(elements: readonly Element[]): Uint8Array {
  const entries = elements.map((element) => {
    const entry = typeof element === 'number' || typeof element === 'bigint' ? packInteger(element) : packText(element);
    return bytesOf(entry, backLength(entry.length));
  });
  return listpackOf(entries, elements.length);
}

/** A listpack of entries that are encoded already, with a count that is taken on trust. */
export function listpackOf(entries: readonly Uint8Array[], count: number): Uint8Array {
  const body = bytesOf(...entries, 0xff);
  return bytesOf(littleEndian(6 + body.length, 4), littleEndian(Math.min(count, 0xffff), 2), body);
}

function packInteger(value: number | bigint): Uint8Array {
  const whole = BigInt(value);
  if (whole >= 0n && whole < 128n) return bytesOf(Number(whole));
  if (BigInt.asIntN(13, whole) === whole) return bigEndian(0xc000n | BigInt.asUintN(13, whole), 2);
  if (BigInt.asIntN(16, whole) === whole) return bytesOf(0xf1, littleEndian(whole, 2));
  if (BigInt.asIntN(24, whole) === whole) return bytesOf(0xf2, littleEndian(whole, 3));
  if (BigInt.asIntN(32, whole) === whole) return bytesOf(0xf3, littleEndian(whole, 4));
  return bytesOf(0xf4, littleEndian(whole, 8));
}

function packText(text: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length < 1 << 6) return bytesOf(0x80 | bytes.length, bytes);
  if (bytes.length < 1 << 12) return bytesOf(bigEndian(0xe000 | bytes.length, 2), bytes);
  return bytesOf(0xf0, littleEndian(bytes.length, 4), bytes);
}

/** How long an entry is, to be read backwards: seven bits a byte, the lowest last, with a mark where more come. */
function backLength(entry: number): Uint8Array {
  const groups = [];
  for (let left = entry; groups.length === 0 || left > 0; left = Math.floor(left / 128)) groups.push(left % 128);
  return Uint8Array.from(groups.map((group, index) => (index === groups.length - 1 ? group : group | 128)).reverse());
}

/** A ziplist, as Redis wrote before version 7. */
export function ziplist(elements: readonly Element[]): Uint8Array {
  let [body, last, previous] = [bytesOf(), 10, 0];
  for (const element of elements) {
    const lengthBefore = previous < 254 ? bytesOf(previous) : bytesOf(254, littleEndian(previous, 4));
    const entry = bytesOf(
      lengthBefore,
      typeof element === 'number' || typeof element === 'bigint' ? zipInteger(element) : zipText(element)
    );
    last = 10 + body.length;
    previous = entry.length;
    body = bytesOf(body, entry);
  }
  return bytesOf(
    littleEndian(11 + body.length, 4),
    littleEndian(last, 4),
    littleEndian(elements.length, 2),
    body,
    0xff
  );
}

function zipInteger(value: number | bigint): Uint8Array {
  const whole = BigInt(value);
  if (whole >= 0n && whole <= 12n) return bytesOf(0xf1 + Number(whole));
  if (BigInt.asIntN(8, whole) === whole) return bytesOf(0xfe, littleEndian(whole, 1));
  if (BigInt.asIntN(16, whole) === whole) return bytesOf(0xc0, littleEndian(whole, 2));
  if (BigInt.asIntN(24, whole) === whole) return bytesOf(0xf0, littleEndian(whole, 3));
  if (BigInt.asIntN(32, whole) === whole) return bytesOf(0xd0, littleEndian(whole, 4));
  return bytesOf(0xe0, littleEndian(whole, 8));
}

function zipText(text: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length < 1 << 6) return bytesOf(bytes.length, bytes);
  if (bytes.length < 1 << 14) return bytesOf(bigEndian(0x4000 | bytes.length, 2), bytes);
  return bytesOf(0x80, bigEndian(bytes.length, 4), bytes);
}

/** A set of numbers, given in ascending order. */
export function intset(numbers: readonly (number | bigint)[], bits: 16 | 32 | 64 = 16): Uint8Array {
  const members = numbers.map((number) => littleEndian(number, bits / 8));
  return bytesOf(littleEndian(bits / 8, 4), littleEndian(numbers.length, 4), ...members);
}

/** A zipmap, as Redis wrote small hashes before version 2.6: fields, values and bytes left free behind a value. */
export function zipmap(pairs: readonly (readonly [field: string, value: string, free?: number])[]): Uint8Array {
  const items = pairs.map(([field, value, free = 0]) =>
    bytesOf(mapLength(field.length), field, mapLength(value.length), free, value, new Uint8Array(free))
  );
  return bytesOf(Math.min(pairs.length, 254), ...items, 0xff);
}

function mapLength(length: number): Uint8Array {
  return length < 254 ? bytesOf(length) : bytesOf(254, littleEndian(length, 4));
}
