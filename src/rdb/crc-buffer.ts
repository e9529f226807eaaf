import { crc64, crc64Nvme, type Crc64 } from './crc64';
import { CRC64_WASM } from './crc64-wasm';

/** Bytes, and the checksums of ranges of them. A range that is not inside is a `RangeError`. */
export interface CrcBuffer {
  /** The buffer; a new view after `grow`. */
  readonly bytes: Uint8Array;
  /** What computes: chosen at start. */
  readonly kernel: 'wasm' | 'javascript';
  /** Makes the buffer at least that long; the content stays, and zeros follow. A `RangeError` where memory ends: WebAssembly's at 4 GiB. */
  grow(length: number): void;
  /** CRC-64/Jones of bytes `from` to `to` (not included), going on from a state. */
  jones(state: Crc64, from: number, to: number): Crc64;
  /** CRC-64/NVME likewise (S3's full-object checksum). The state is the finished form: of no bytes it is 0. */
  nvme(state: Crc64, from: number, to: number): Crc64;
}

/**
 * A buffer of that many zeros.
 *
 * @param kernel without it WebAssembly computes, or JavaScript where the engine has no WebAssembly with SIMD, or no memory for it
 */
export function openCrcBuffer(length: number, kernel?: CrcBuffer['kernel']): CrcBuffer {
  if (kernel !== undefined) return OPEN[kernel](length);
  try {
    return openInWasm(length);
  } catch {
    return openInJavascript(length);
  }
}

const OPEN = { wasm: openInWasm, javascript: openInJavascript } as const;

/** The buffer is a part of the kernel's memory: nothing has to be copied to be computed. */
function openInWasm(length: number): CrcBuffer {
  const { memory, begin, margin, jones, nvme } = startKernel();
  let bytes = new Uint8Array(memory.buffer, begin.value, 0);
  const on =
    (compute: KernelFunction): CrcBuffer['jones'] =>
    (state, from, to) => {
      checkRange(bytes, from, to);
      return fromBits(compute(toBits(state), begin.value + from, to - from));
    };
  const buffer: CrcBuffer = {
    kernel: 'wasm',
    get bytes() {
      return bytes;
    },
    grow: (atLeast) => {
      if (atLeast <= bytes.length) return;
      const missing = begin.value + atLeast + margin.value - memory.buffer.byteLength;
      // With more pages than there can be, it is a RangeError too, and not a TypeError.
      if (missing > 0) memory.grow(Math.min(Math.ceil(missing / PAGE), MOST_PAGES));
      bytes = new Uint8Array(memory.buffer, begin.value, atLeast);
    },
    jones: on(jones),
    nvme: on(nvme),
  };
  buffer.grow(length);
  return buffer;
}

function openInJavascript(length: number): CrcBuffer {
  let bytes = new Uint8Array(length);
  const on =
    (compute: typeof crc64): CrcBuffer['jones'] =>
    (state, from, to) => {
      checkRange(bytes, from, to);
      return compute(bytes.subarray(from, to), state);
    };
  return {
    kernel: 'javascript',
    get bytes() {
      return bytes;
    },
    grow: (atLeast) => {
      if (atLeast <= bytes.length) return;
      const grown = new Uint8Array(atLeast);
      grown.set(bytes);
      bytes = grown;
    },
    jones: on(crc64),
    nvme: on(crc64Nvme),
  };
}

function checkRange({ length }: Uint8Array, from: number, to: number): void {
  if (!(from >= 0 && from <= to && to <= length)) throw new RangeError(`${from} to ${to} is not in ${length} bytes`);
}

type KernelFunction = (state: bigint, from: number, length: number) => bigint;

/** What assembly/crc64.ts exports: the caller's bytes are behind `begin`, with a margin after them. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly begin: { readonly value: number };
  readonly margin: { readonly value: number };
  readonly jones: KernelFunction;
  readonly nvme: KernelFunction;
}

// Every Node.js has these, but the types that this room is compiled with have not.
declare const WebAssembly: {
  readonly Module: new (wasm: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Kernel };
};
declare const atob: (base64: string) => string;

const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Compiled once: instances of a module share its code, and what the engine learns of it. */
let compiled: object | undefined;

function startKernel(): Kernel {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(CRC64_WASM), (byte) => byte.charCodeAt(0)));
  return new WebAssembly.Instance(compiled).exports;
}

function toBits({ high, low }: Crc64): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The kernel's words are signed. */
function fromBits(bits: bigint): Crc64 {
  return { high: Number(BigInt.asUintN(32, bits >> 32n)), low: Number(BigInt.asUintN(32, bits)) };
}
