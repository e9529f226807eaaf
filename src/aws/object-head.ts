import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { at, withSignal, type Bucket } from './bucket';
import { askOfObject } from './pinned-object';

/** What HEAD tells of an object. */
export interface ObjectHead {
  /** Of a versioned bucket. */
  readonly versionId?: string;
  /** Server-side encryption: `AES256` or `aws:kms`. */
  readonly encryption?: string;
  /** S3's CRC-64/NVME of every byte, 16 hexadecimal digits; absent where S3 keeps none. */
  readonly checksum?: string;
}

/**
 * Asks for the head of an object; for its checksum too only where that is wanted, because of an encrypted object that
 * takes the permission to decrypt it.
 *
 * @throws 412 or 404 where it is no longer the one that was seen
 */
export async function readObjectHead(
  bucket: Bucket,
  { key, etag }: { readonly key: string; readonly etag: string },
  { withChecksum = false, signal }: { readonly withChecksum?: boolean; readonly signal?: AbortSignal } = {}
): Promise<ObjectHead> {
  const object = { Key: key, IfMatch: etag, ...(withChecksum && { ChecksumMode: 'ENABLED' as const }) };
  const command = new HeadObjectCommand({ ...at(bucket), ...object });
  const head = await askOfObject(bucket, { key, etag }, () => bucket.s3.send(command, withSignal(signal)), signal);
  const checksum = head.ChecksumType === 'FULL_OBJECT' ? toHex(head.ChecksumCRC64NVME) : undefined;
  return {
    ...(head.VersionId !== undefined && { versionId: head.VersionId }),
    ...(head.ServerSideEncryption !== undefined && { encryption: head.ServerSideEncryption }),
    ...(checksum !== undefined && { checksum }),
  };
}

/** S3 writes the eight bytes in base64. */
function toHex(base64: string | undefined): string | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  return bytes.length === 8 ? bytes.toString('hex') : undefined;
}
