import { judgeHeader, type HeaderReport } from '../../rdb/header';
import type { Reading } from './source';

/** Where the reader of the head stood: of no interest to the caller. */
type Inner = 'complete' | 'bodyOffset';

/** Judges head and tail, in the form in which the other levels report. */
export function readHeader(head: Uint8Array, tail: Uint8Array, size: number): Reading {
  const report: Omit<HeaderReport, Inner> & { -readonly [Field in Inner]?: HeaderReport[Field] } = judgeHeader(
    head,
    tail,
    size
  );
  delete report.complete;
  delete report.bodyOffset;
  return { ...report, level: 'header', bytes: size, databases: [], warnings: [] };
}
