/** A length as RDB writes it, in as few bytes as it takes. */
export function encodeLength(length: number): Buffer {
  if (length < 1 << 6) return Buffer.from([length]);
  if (length < 1 << 14) return Buffer.from([0x40 | (length >> 8), length & 0xff]);
  const long = Buffer.from([0x80, 0, 0, 0, 0]);
  long.writeUInt32BE(length, 1);
  return long;
}

/** A string: its length and its bytes. */
export function encodeString(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([encodeLength(bytes.length), bytes]);
}

/** A string that is a whole number, in 8, 16 or 32 bits. */
export function encodeInteger(value: number): Buffer {
  if (value >= -(2 ** 7) && value < 2 ** 7) return Buffer.from([0xc0, value & 0xff]);
  const small = value >= -(2 ** 15) && value < 2 ** 15;
  const bytes = Buffer.from(small ? [0xc1, 0, 0] : [0xc2, 0, 0, 0, 0]);
  if (small) bytes.writeInt16LE(value, 1);
  else bytes.writeInt32LE(value, 1);
  return bytes;
}

/** A string of one letter, 12 to 260 times, packed by LZF: the letter, and the rest as a repetition of it. */
export function encodeRepeated(letter: string, times: number): Buffer {
  const packed = Buffer.concat([Buffer.from([0x00]), Buffer.from(letter), Buffer.from([0xe0, times - 1 - 9, 0x00])]);
  return Buffer.concat([Buffer.from([0xc3]), encodeLength(packed.length), encodeLength(times), packed]);
}

/** A double, little endian. */
export function encodeDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** A time in milliseconds, little endian. */
export function encodeMilliseconds(time: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.trunc(time)));
  return bytes;
}

/** A listpack of texts under 64 bytes and of numbers from 0 to 127. */
export function encodeListpack(elements: readonly (string | number)[]): Buffer {
  const entries = elements.map((element) => {
    const entry =
      typeof element === 'number'
        ? Buffer.from([element])
        : Buffer.concat([Buffer.from([0x80 | Buffer.byteLength(element)]), Buffer.from(element)]);
    return Buffer.concat([entry, Buffer.from([entry.length])]); // read backwards, it begins with its length
  });
  const body = Buffer.concat([...entries, Buffer.from([0xff])]);
  const header = Buffer.alloc(6);
  header.writeUInt32LE(header.length + body.length, 0);
  header.writeUInt16LE(elements.length, 4);
  return Buffer.concat([header, body]);
}

/** A set of numbers of 16 bits, in ascending order. */
export function encodeIntset(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + 2 * numbers.length);
  bytes.writeUInt32LE(2, 0);
  bytes.writeUInt32LE(numbers.length, 4);
  numbers.forEach((number, index) => bytes.writeInt16LE(number, 8 + 2 * index));
  return bytes;
}
