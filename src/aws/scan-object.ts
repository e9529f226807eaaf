import { setImmediate as turn } from 'node:timers/promises';
import { openScan, resumes, type RdbReport, type RdbScan, type ScanOptions } from '../rdb';
import type { Bucket } from './bucket';
import { readObjectHead, type ObjectHead } from './object-head';
import type { PinnedObject } from './pinned-object';
import { tryPersistently } from './try-persistently';
import { readRanges, type ReadRangesOptions } from './read-ranges';

/** How an object is scanned. */
export interface ScanObjectOptions
  extends Pick<ScanOptions, 'level' | 'slots' | 'strict'>, Omit<ReadRangesOptions, 'from'> {
  /**
   * Where another scan of the same object stood, as JSON keeps it; whether the ETag was the same is the caller's to
   * know. From a state of other options, or of anything else, nothing goes on: the scan begins anew. @default the beginning
   */
  readonly from?: unknown;
  /** Told where the scan stands: at the beginning, and after every MiB. The same object each time, to be kept. */
  readonly onProgress?: (scan: Pick<RdbScan, 'received' | 'state'>) => void;
}

/** What was found out about an object. */
export interface ScannedObject extends Omit<ObjectHead, 'checksum'> {
  readonly report: RdbReport;
  /** How the bytes compare with S3's own checksum of the whole object; absent where S3 keeps none that fits. */
  readonly s3Checksum?: 'matches' | 'differs';
}

/** How many bytes are scanned in one turn of the event loop: the slowest files take a few milliseconds for them. */
const TURN_BYTES = 1 << 20;

/**
 * Reads an object to its end and judges it, at a content level.
 *
 * @throws what S3 answered, after the retries of {@link readRanges}: 412 or 404 where the object is no longer the one
 * that was seen; the reason of the signal
 */
export async function scanObject(
  bucket: Bucket,
  object: PinnedObject,
  options: ScanObjectOptions
): Promise<ScannedObject> {
  const { level, slots, strict = false, from, onProgress, ...reading } = options;
  const head = (signal: AbortSignal) => readObjectHead(bucket, object, { withChecksum: true, signal });
  const { checksum, ...facts } = await tryPersistently(bucket.s3, reading, head);
  const scanned = { level, size: object.size, strict, s3Checksum: checksum !== undefined, ...(slots && { slots }) };
  const state = resumes(scanned, from) ? from : undefined;
  const scan = openScan(scanned, state);
  onProgress?.(scan);
  let inTurn = 0;
  for await (const chunk of readRanges(bucket, object, { ...reading, from: scan.received })) {
    scan.push(chunk);
    inTurn += chunk.length;
    if (inTurn < TURN_BYTES) continue;
    inTurn = 0;
    onProgress?.(scan);
    await turn();
  }
  return { ...compare(scan.end(), checksum), ...facts };
}

function compare(report: RdbReport, checksum: string | undefined): Pick<ScannedObject, 'report' | 's3Checksum'> {
  if (checksum === undefined || report.s3Checksum === undefined) return { report };
  if (report.s3Checksum === checksum) return { report, s3Checksum: 'matches' };
  // What the file itself proves wrong says more: it has an offset.
  if (report.verdict === 'corrupt') return { report, s3Checksum: 'differs' };
  const mismatch = { ...report, verdict: 'corrupt' as const, reason: 's3-checksum-mismatch' as const };
  delete mismatch.offset; // of another reason
  return { report: mismatch, s3Checksum: 'differs' };
}
