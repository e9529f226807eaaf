import { MemoryDB } from '@aws-sdk/client-memorydb';
import { type GetObjectCommandOutput, S3, type S3ClientConfig } from '@aws-sdk/client-s3';
import ms from 'ms';
import { type BucketOptions, MemoryDBSimulator, type SimulatorOptions } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished } from 'vitest';

/** The automatic snapshot that every stage has, of the three-shard cluster `prod`. */
export const source = 'automatic.prod-2026-11-23-03-15';

/** Time that stands still until a test moves it. */
class FakeClock {
  nowMs = Date.parse('2026-11-23T06:00:00Z');

  readonly now = (): number => this.nowMs;

  advance(duration: ms.StringValue): void {
    this.nowMs += ms(duration);
  }
}

export interface Stage {
  readonly sim: MemoryDBSimulator;
  readonly client: MemoryDB;
  readonly clock: FakeClock;
}

/** A simulator with a cluster and a snapshot of it, and a client that never repeats a call; both end with the test. */
export async function setStage(options: SimulatorOptions = {}): Promise<Stage> {
  const clock = new FakeClock();
  const sim = await MemoryDBSimulator.start({ now: clock.now, ...options });
  sim.addCluster('prod', { shards: 3 });
  sim.addSnapshot(source, { cluster: 'prod', createdAt: '2026-11-23T03:15:00Z' });
  const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await sim.close();
  });
  return { sim, client, clock };
}

export interface ExportStage extends Stage {
  readonly s3: S3;
  /** Exports the stage's snapshot to its bucket. */
  readonly exportTo: (
    target: string,
    changes?: { readonly source?: string; readonly bucket?: string }
  ) => Promise<unknown>;
  /** The keys in the bucket, as S3 lists them. */
  readonly listKeys: () => Promise<(string | undefined)[]>;
}

/** The bucket of an export stage. */
export const bucket = 'acme-backups';

/** A stage with a bucket and a client of its S3, of which exports take five minutes. */
export async function setExportStage(
  options: SimulatorOptions & { readonly s3?: S3ClientConfig; readonly bucket?: BucketOptions } = {}
): Promise<ExportStage> {
  const { s3: config, bucket: bucketOptions, ...others } = options;
  const stage = await setStage(others);
  stage.sim.addBucket(bucket, bucketOptions);
  stage.sim.set({ exportTakes: '5m' });
  const s3 = connectS3(stage.sim, config);
  return {
    ...stage,
    s3,
    exportTo: (TargetSnapshotName, { source: from = source, bucket: TargetBucket = bucket } = {}) =>
      stage.client.copySnapshot({ SourceSnapshotName: from, TargetSnapshotName, TargetBucket }),
    listKeys: async () => ((await s3.listObjectsV2({ Bucket: bucket })).Contents ?? []).map(({ Key }) => Key),
  };
}

/** A client of the simulator's S3 that never repeats a call; it ends with the test. */
export function connectS3(sim: MemoryDBSimulator, config: S3ClientConfig = {}): S3 {
  const s3 = new S3({ ...sim.aws.s3, maxAttempts: 1, ...config });
  onTestFinished(() => s3.destroy());
  return s3;
}

/** The bytes of an answer. */
export async function readBody(answer: Promise<GetObjectCommandOutput>): Promise<Buffer> {
  const { Body } = await answer;
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Asserts that the service refuses, with this error and HTTP status. */
export async function expectRefusal(answer: Promise<unknown>, name: string, httpStatusCode = 400): Promise<void> {
  await expect(answer).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
}

/** The status that DescribeSnapshots tells. */
export async function readStatus(client: MemoryDB, name: string): Promise<string | undefined> {
  const { Snapshots } = await client.describeSnapshots({ SnapshotName: name });
  return Snapshots?.[0]?.Status;
}

/** As many tags as asked for. */
export function createTags(count: number): { Key: string; Value: string }[] {
  return Array.from({ length: count }, (_, index) => ({ Key: `key-${index}`, Value: `${index}` }));
}
