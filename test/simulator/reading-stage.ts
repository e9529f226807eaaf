import { Agent } from 'node:http';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished } from 'vitest';
import type { Bucket } from '../../src/aws/bucket';
import { openS3 } from '../../src/aws/clients';
import type { PinnedObject } from '../../src/aws/pinned-object';
import { classifyS3Fault, type S3Meaning } from '../../src/aws/s3-faults';

/** An object in a bucket, and the way to it that the activities take. */
export interface ReadingStage {
  readonly sim: MemoryDBSimulator;
  readonly bucket: Bucket;
  /** Looks at an object as a listing tells it. */
  readonly pin: (key: string) => Promise<PinnedObject>;
  /** How many connections a request still holds. */
  readonly connectionsInUse: () => number;
}

/** The bucket of a reading stage. */
export const name = 'acme-backups';

/** A simulator with a bucket and a client of its S3; both end with the test. */
export async function setReadingStage(
  config: S3ClientConfig = {},
  options: { readonly versioned?: boolean } = {}
): Promise<ReadingStage> {
  const sim = await MemoryDBSimulator.start();
  sim.addBucket(name, options);
  const httpAgent = new Agent({ keepAlive: true });
  const access = openS3({ ...sim.aws.s3, requestHandler: { httpAgent }, ...config });
  onTestFinished(async () => {
    access.close();
    await sim.close();
  });
  return {
    sim,
    bucket: { s3: access.s3, name, owner: '123456789012' },
    pin: async (key) => {
      const object = await sim.object(name, key);
      if (object === undefined) throw new Error(`no object ${key}`);
      return { key, size: object.size, etag: object.etag };
    },
    connectionsInUse: () => Object.values(httpAgent.sockets).flat().length,
  };
}

/** Asserts that a read fails by an answer of S3 that means this. */
export async function expectFault(read: Promise<unknown>, meaning: S3Meaning): Promise<void> {
  const err = await read.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown
  );
  expect(classifyS3Fault(err)).toMatchObject({ meaning });
}

/** Bytes that look random and are the same every time. */
export function makeBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
