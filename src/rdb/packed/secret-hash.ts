import { readInt32 } from './words';

/** Hashes of 32 bits that nobody can aim at who does not know the secret. */
export interface SecretHash {
  ofText(bytes: Uint8Array, start: number, end: number): number;
  /** Of an integer in two signed words. */
  ofInteger(low: number, high: number): number;
}

/** How many words of 32 bits a secret has: one for each value of each of the four bytes of a word. */
export const SECRET_LENGTH = 1_024;

/** Another secret each time. */
export function someSecret(): Int32Array {
  return crypto.getRandomValues(new Int32Array(SECRET_LENGTH));
}

/**
 * Hashes by tabulation: each byte of a word stands for a secret number. With multiplications and shifts alone a secret
 * start is not enough: there are texts that meet whatever it is.
 */
export function openSecretHash(secret: Int32Array): SecretHash {
  const scramble = (word: number) =>
    (secret[word & 0xff] ?? 0) ^
    (secret[0x100 | ((word >>> 8) & 0xff)] ?? 0) ^
    (secret[0x200 | ((word >>> 16) & 0xff)] ?? 0) ^
    (secret[0x300 | (word >>> 24)] ?? 0);

  return {
    ofText(bytes, start, end) {
      let hash = scramble(end - start);
      let at = start;
      for (; at + 4 <= end; at += 4) hash = scramble(hash ^ readInt32(bytes, at));
      if (at === end) return hash;
      let rest = 0;
      for (; at < end; at += 1) rest = (rest << 8) | (bytes[at] ?? 0);
      return scramble(hash ^ rest);
    },
    ofInteger: (low, high) => scramble(scramble(low) ^ high),
  };
}

// Every Node.js has it, but the types that this room is compiled with have not.
declare const crypto: { getRandomValues(into: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> };
