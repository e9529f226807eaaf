import { expect, onTestFinished, test, vi } from 'vitest';
import { openS3 } from '../../src/aws/clients';
import { readRange } from '../../src/aws/read-object';
import { MemoryDBSimulator } from '../../src/testing';

const BUCKET = 'acme-backups';

test(
  'as many reads are in flight as a worker is told, more than the AWS SDK would allow',
  { timeout: 60_000 },
  async () => {
    const sim = await MemoryDBSimulator.start();
    const access = openS3(sim.aws.s3, { reads: 80 });
    onTestFinished(async () => {
      access.close();
      await sim.close();
    });
    sim.addBucket(BUCKET);
    sim.putObject(BUCKET, 'k', 'some bytes');
    const { etag = '' } = (await sim.object(BUCKET, 'k')) ?? {};
    const hanging = sim.fail('GetObject', { connection: 'hang', times: 80 });

    const bucket = { s3: access.s3, name: BUCKET, owner: undefined };
    const reads = Array.from({ length: 80 }, () =>
      readRange({ bucket, object: { key: 'k', size: 10, etag }, from: 0, to: 4 })
    );
    await vi.waitFor(() => expect(hanging.hits).toBe(80), { timeout: 30_000 });
    hanging.release();

    expect((await Promise.all(reads)).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(
      Array.from({ length: 80 }, () => 'some')
    );
  }
);
