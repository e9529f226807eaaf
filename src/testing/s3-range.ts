import { S3Refusal } from './s3-errors';

/** Bytes from `start` up to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The range that a header asks for. Undefined when there is none, or one that S3 ignores: several at once, another
 * unit, an end before the start. Throws InvalidRange when no byte of the object lies in it.
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (header === undefined || first === undefined || last === undefined || (first === '' && last === ''))
    return undefined;
  const isSuffix = first === '';
  if (!isSuffix && last !== '' && Number(last) < Number(first)) return undefined;
  const start = isSuffix ? Math.max(0, size - Number(last)) : Number(first);
  const end = isSuffix || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start < end) return { start, end };
  const elements = { RangeRequested: header, ActualObjectSize: String(size) };
  throw new S3Refusal('InvalidRange', 'The requested range is not satisfiable', elements, {
    'content-range': `bytes */${size}`,
  });
}
