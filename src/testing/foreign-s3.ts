import { Readable } from 'node:stream';
import { HeadBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3_SETTINGS } from './client-settings';
import type { ForeignS3 } from './foreign-exports';
import type { ForeignS3Options } from './simulator-options';

/** Another S3, spoken to by the SDK. */
export function connectForeignS3(options: ForeignS3Options & { readonly region: string }): ForeignS3 {
  const client = new S3Client({
    ...S3_SETTINGS,
    ...options,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const isThere = async (answer: Promise<unknown>): Promise<boolean> => {
    try {
      await answer;
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };
  return {
    hasBucket: (Bucket) => isThere(client.send(new HeadBucketCommand({ Bucket }))),
    hasObject: (Bucket, Key) => isThere(client.send(new HeadObjectCommand({ Bucket, Key }))),
    upload: async (Bucket, Key, file) => {
      const content = file.content();
      const Body = Readable.from(content.read(), { objectMode: false });
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: content.size }));
    },
    close: () => client.destroy(),
  };
}

function isNotFound(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchBucket' || error.name === 'NoSuchKey')
  );
}
