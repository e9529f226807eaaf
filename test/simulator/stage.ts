import { MemoryDB } from '@aws-sdk/client-memorydb';
import ms from 'ms';
import { MemoryDBSimulator, type SimulatorOptions } from 'temporal-memorydb-snapshots/testing';
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
