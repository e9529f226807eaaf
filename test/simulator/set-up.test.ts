import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { expect, onTestFinished, test } from 'vitest';
import { readStatus, setStage, source } from './stage';

test('a status can be forced, to any word, and given back to the clock', async () => {
  const { client, sim } = await setStage();
  sim.addSnapshot('broken', { cluster: 'prod', status: 'failed' });

  sim.setStatus(source, 'moonwalking');

  expect(await readStatus(client, source)).toBe('moonwalking');
  expect(await readStatus(client, 'broken')).toBe('failed');
  sim.setStatus(source, undefined);
  sim.setStatus('broken', undefined);
  expect(await readStatus(client, source)).toBe('available');
  expect(await readStatus(client, 'broken')).toBe('available');
});

test('the server’s own view of a snapshot', async () => {
  const { sim } = await setStage();
  sim.addSnapshot('Manual', { cluster: 'PROD', tags: [{ Key: 'a', Value: 'b' }, { Key: 'aws:c' }], kmsKeyId: 'k' });

  expect(await sim.snapshot('manual')).toEqual({
    name: 'manual',
    arn: 'arn:aws:memorydb:us-east-1:123456789012:snapshot/manual',
    cluster: 'prod',
    status: 'available',
    source: 'manual',
    createdAt: Date.parse('2026-11-23T06:00:00Z'),
    tags: { a: 'b', 'aws:c': '' },
    kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k',
    visible: true,
  });
  expect((await sim.snapshots()).map(({ name, source: kind }) => [name, kind])).toEqual([
    [source, 'automated'],
    ['manual', 'manual'],
  ]);
});

test('a name that is free again can be added again', async () => {
  const { client, sim, clock } = await setStage();
  sim.set({ deleteTakes: '1m' });
  await client.deleteSnapshot({ SnapshotName: source });
  expect(() => sim.addSnapshot(source, { cluster: 'prod' })).toThrow(/already/);

  clock.advance('1m');
  sim.addSnapshot(source, { cluster: 'prod', status: 'failed' });

  expect(await readStatus(client, source)).toBe('failed');
});

test('mistakes are refused at once, and say what is wrong', async () => {
  const { sim } = await setStage();

  expect(() => sim.addCluster('Prod')).toThrow(/a cluster prod already/);
  expect(() => sim.addCluster(' ')).toThrow(/blank/);
  expect(() => sim.addCluster('none', { shards: 0 })).toThrow(/shards must be/);
  expect(() => sim.addSnapshot(source.toUpperCase(), { cluster: 'prod' })).toThrow(/already/);
  expect(() => sim.addSnapshot('a', { cluster: 'prd' })).toThrow(/addCluster\('prd'\) comes first/);
  expect(() => sim.addSnapshot('a', { cluster: 'prod', createdAt: 'yesterday' })).toThrow(/createdAt: yesterday/);
  expect(() => sim.addSnapshot('a', { cluster: 'prod', availableAfter: -1 })).toThrow(/availableAfter: -1/);
  expect(() => sim.removeSnapshot('a')).toThrow(/no snapshot a/);
  expect(() => sim.setStatus('a', 'failed')).toThrow(/no snapshot a/);
  expect(() => sim.setTags('a', {})).toThrow(/no snapshot a/);
  expect(() => sim.busy('a', { for: '1m' })).toThrow(/no snapshot a/);
  expect(() => sim.exhaustQuota('prd', { for: '1m' })).toThrow(/no cluster prd/);
  // @ts-expect-error no duration
  expect(() => sim.set({ copyTakes: 'soon' })).toThrow(/copyTakes: 'soon' is no duration/);
  expect(() => sim.set({ quota: -1 })).toThrow(/quota: -1/);
  expect(() => sim.set({ pageSize: 0 })).toThrow(/pageSize: 0/);
});

/** What the compiler would refuse, as a program in JavaScript passes it. */
const js = (value: unknown): never => value as never;

test('options that there are not, and values that an option cannot have, are refused with the fix', async () => {
  const { sim } = await setStage();
  sim.addBucket('acme-backups');
  sim.putObject('acme-backups', 'a', 'text');
  const cases: readonly (readonly [call: () => unknown, message: string])[] = [
    [
      () => sim.fail('CopySnapshot', js({ error: 'X', time: 3 })),
      'time: 3 is no option of fail(); use error, message, ',
    ],
    [
      () => sim.fail('CopySnapshot', js({ connection: 'reset' })),
      "connection: 'reset' is no value for fail(); use 'drop' or 'hang'",
    ],
    [
      () => sim.fail('CopySnapshot', js({ error: 'X', when: 'later' })),
      "when: 'later' is no value for fail(); use 'before' or 'after'",
    ],
    [
      () => sim.fail('CopySnapshot', js({ error: 'X', match: 'a' })),
      "match: 'a' is no value for fail(); use a function",
    ],
    [() => sim.fail('CopySnapshot', js('Throttled')), "fail() takes an object of options, not 'Throttled'"],
    [
      () => sim.fail('CopySnapshot', { connection: 'hang' }).release(js({ dorp: true })),
      'dorp: true is no option of release(); use drop',
    ],
    [() => sim.set(js({ copyTake: '1m' })), "copyTake: '1m' is no option of set(); use copyTakes, "],
    [
      () => sim.set(js({ exportOrder: 'random' })),
      "exportOrder: 'random' is no value for set(); use 'ascending' or 'descending' or 'together'",
    ],
    [() => sim.set(js({ strict: 'no' })), "strict: 'no' is no value for set(); use true or false"],
    [() => sim.set({ quota: -1 }), 'quota: -1 is no value for set(); use a whole number from 0'],
    [() => sim.set(js({ wrongRegionAnswer: 302 })), 'wrongRegionAnswer: 302 is no value for set(); use 301 or 400'],
    [
      () => sim.set(js({ exportLoses: '0001' })),
      "exportLoses: '0001' is no value for set(); use 'all' or a list of shards",
    ],
    [
      () => sim.set({ exportLoses: ['9999'] }),
      "exportLoses: '9999' is a shard of no cluster; there are 0001, 0002, 0003",
    ],
    [
      () => sim.set({ exportLate: { '01': '1m' } }),
      "exportLate: '01' is a shard of no cluster; there are 0001, 0002, 0003",
    ],
    [() => sim.addCluster('p', js({ shard: 3 })), 'shard: 3 is no option of addCluster(); use shards, '],
    [
      () => sim.addCluster('p', js({ shards: '3' })),
      "shards: '3' is no value for addCluster(); use a number or a list of names",
    ],
    [
      () => sim.addSnapshot('a', js({ cluster: 'prod', creatdAt: 1 })),
      'creatdAt: 1 is no option of addSnapshot(); use ',
    ],
    [
      () => sim.addSnapshot('a', js({ cluster: 'prod', rdbVersion: 12 })),
      'rdbVersion: 12 is no value for addSnapshot(); use 9 or 10 or 11',
    ],
    [() => sim.addSnapshot('a', js(undefined)), 'addSnapshot() takes an object of options, not undefined'],
    [
      () => sim.addSnapshot('a', js({ cluster: 'prod', tags: [{ key: 'b' }] })),
      "key: 'b' is no option of a tag; use Key, Value",
    ],
    [() => sim.addBucket('b-1', js({ version: true })), 'version: true is no option of addBucket(); use region, '],
    [
      () => sim.addBucket('b-1', js({ policy: { list: false } })),
      "list: false is no option of addBucket()'s policy; use read, ",
    ],
    [
      () => sim.addBucket('b-1', js({ policy: 'denied' })),
      "policy: 'denied' is no value for addBucket(); use 'granted' or an object of grants",
    ],
    [
      () => sim.corruptObject('acme-backups', 'a', js({ at: 0, xor: 1, keepETag: true })),
      'keepETag: true is no option of corruptObject(); use at, ',
    ],
    [
      () => sim.busy(source, js({ for: '1m', state: 'copying' })),
      "state: 'copying' is no option of busy(); use for, status",
    ],
    [() => sim.busy(source, js({})), 'for: undefined is no duration'],
    [() => sim.busy(source, js({ for: '' })), "for: '' is no duration"],
    [
      () => sim.exportElsewhere(source, js({ for: '1m', buckets: 'b' })),
      "buckets: 'b' is no option of exportElsewhere(); use for, ",
    ],
    [() => sim.exhaustQuota('prod', js({ until: 1 })), 'until: 1 is no option of exhaustQuota(); use for'],
  ];

  for (const [call, message] of cases)
    expect(call).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) as string })
    );
  await expect(MemoryDBSimulator.start(js({ clock: 1 }))).rejects.toThrow(
    'clock: 1 is no option of start(); use now, '
  );
});

test('a shard is known once its cluster is there', async () => {
  const sim = await MemoryDBSimulator.start();
  onTestFinished(() => sim.close());

  expect(() => sim.set({ exportLoses: ['0001'] })).toThrow('addCluster() comes first');
  sim.addCluster('prod', { shards: ['0001', '0003'] });

  sim.set({ exportLoses: ['0003'], exportLate: { '0001': '5m' } });
});

test('a change that is refused changes nothing', async () => {
  const { client, sim } = await setStage();
  sim.set({ copyTakes: 0 });

  expect(() => sim.set({ copyTakes: '1h', quota: -1 })).toThrow(/quota/);

  await client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: 'nightly' });
  expect(await readStatus(client, 'nightly')).toBe('available');
});
