import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, test } from 'vitest';
import { setStage } from './stage';

test('closing ends calls that hang, at once and for good', async () => {
  const { client, sim } = await setStage();
  const script = sim.fail('*', { connection: 'hang', times: Infinity });
  const hanging = Promise.allSettled([client.describeSnapshots({}), client.describeClusters({})]);
  await script.hit;
  await sim.calledTimes('DescribeClusters', 1);

  await sim.close();
  await sim.close();

  for (const answer of await hanging)
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'ECONNRESET' } });
  await expect(client.describeSnapshots({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('nothing keeps the process alive after closing', async () => {
  const program = `
    const { MemoryDB } = require('@aws-sdk/client-memorydb');
    const { MemoryDBSimulator } = require('temporal-memorydb-snapshots/testing');
    MemoryDBSimulator.start().then(async (sim) => {
      const client = new MemoryDB({ ...sim.aws.memorydb, maxAttempts: 1 });
      await client.describeSnapshots({});
      const hanging = sim.fail('*', { connection: 'hang' });
      client.describeSnapshots({}).catch(() => undefined);
      await hanging.hit;
      sim.fail('*', { delayMs: 60_000 });
      client.describeSnapshots({}).catch(() => undefined);
      await sim.calledTimes('DescribeSnapshots', 3);
      await sim.close();
      console.log('closed');
    });`;

  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { timeout: 30_000 });

  expect(stdout).toBe('closed\n');
});

test('simulators live side by side; a port that is taken is refused', async () => {
  const first = await setStage();
  const second = await setStage();
  first.sim.addSnapshot('mine', { cluster: 'prod' });

  expect((await second.client.describeSnapshots({})).Snapshots).toHaveLength(1);
  const port = Number(new URL(first.sim.endpoint).port);
  await expect(MemoryDBSimulator.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a port that is given is the one that is used', async () => {
  const first = await MemoryDBSimulator.start();
  const port = Number(new URL(first.endpoint).port);
  await first.close();

  const second = await MemoryDBSimulator.start({ port });
  await second.close();

  expect(second.endpoint).toBe(`http://127.0.0.1:${port}`);
});
