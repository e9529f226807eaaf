/** A signed 16-bit integer, the lowest byte first. */
export function readInt16(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) << 16) >> 16;
}

/** A signed 24-bit integer, the lowest byte first. */
export function readInt24(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)) << 8) >> 8;
}

/** A signed 32-bit integer, the lowest byte first: an unsigned one of 2 GiB and more is below 0. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
