import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bucket } from './stage';
import { setExported, verify, verifyAsJson, writeFiles, type Document } from './verify-stage';

// Each test starts several processes, which have to load the AWS SDK.

const address = `s3://${bucket}/nightly`;

/** The problems of the only result, without the words. */
function problemsIn({ results }: Document): (readonly [problem: string, detail: string | undefined])[] {
  return results.flatMap(({ problems }) => problems.map(({ problem, detail }) => [problem, detail] as const));
}

test('a whole export is verified by its manifest: every object, with the slots of its shard', async () => {
  const { at, keys, writeManifest } = await setExported();
  await writeManifest();

  const { code, stdout } = await verify([...at, '--level', 'deep', address]);
  const byTarget = await verifyAsJson([...at, address]);
  const byManifest = await verifyAsJson([...at, `${address}.manifest.json`]);

  expect(code).toBe(0);
  expect(stdout.split('\n').slice(-4)).toEqual([
    `export ${address}: verified`,
    `  manifest  ${address}.manifest.json`,
    '  objects   3 verified',
    '',
  ]);
  expect(byTarget).toMatchObject({ exitCode: 0, results: [{ kind: 'export', verdict: 'verified', problems: [] }] });
  expect(byTarget.results[0]?.objects.map(({ name, expectedSlots }) => [name, expectedSlots])).toEqual([
    [`s3://${bucket}/${keys[0]}`, '0-5460'],
    [`s3://${bucket}/${keys[1]}`, '5461-10922'],
    [`s3://${bucket}/${keys[2]}`, '10923-16383'],
  ]);
  expect(byManifest.results[0]?.objects).toEqual(byTarget.results[0]?.objects);
});

test('without a manifest the objects are verified, and the export is unproven', async () => {
  const { at, sim, read } = await setExported();
  sim.putObject(bucket, 'nightly-b-0001.rdb', 'of another export');

  const whole = await verifyAsJson([...at, address]);
  sim.replaceObject(bucket, 'nightly-0003.rdb', await read('nightly-0001.rdb'));
  const twice = await verifyAsJson([...at, address]);

  expect(whole).toMatchObject({ exitCode: 3, verdict: 'unproven', results: [{ objects: [{}, {}, {}] }] });
  expect(problemsIn(whole)).toEqual([['no-manifest', undefined]]);
  expect(whole.results[0]?.objects.map(({ verdict }) => verdict)).toEqual(['verified', 'verified', 'verified']);
  expect(twice.exitCode).toBe(1);
  expect(problemsIn(twice)).toEqual([
    ['no-manifest', undefined],
    ['same-content', `${address}-0003.rdb is the same as ${address}-0001.rdb`],
  ]);
});

test('shards without a key may be equal', async () => {
  const { at, client, clock, sim } = await setExported();
  sim.addSnapshot('bare', { cluster: 'prod', keysPerShard: 0 });
  await client.copySnapshot({ SourceSnapshotName: 'bare', TargetSnapshotName: 'bare', TargetBucket: bucket });
  clock.advance('5m');

  const document = await verifyAsJson([...at, `s3://${bucket}/bare`]);

  const checksums = document.results[0]?.objects.map(({ checksum }) => checksum);
  expect(new Set(checksums).size).toBe(1);
  expect(problemsIn(document)).toEqual([['no-manifest', undefined]]);
});

test('an object that is not there makes it incomplete', async () => {
  const { at, sim, writeManifest } = await setExported();
  await writeManifest();
  sim.deleteObject(bucket, 'nightly-0002.rdb');

  const document = await verifyAsJson([...at, address]);

  expect(document).toMatchObject({ exitCode: 1, verdict: 'incomplete' });
  expect(problemsIn(document)).toEqual([['missing', 'nightly-0002.rdb']]);
  expect(document.results[0]?.objects).toHaveLength(2);
});

test('an object that was replaced is told by its ETag, and one too many by its key', async () => {
  const { at, sim, read, writeManifest } = await setExported();
  await writeManifest();
  const before = await sim.object(bucket, 'nightly-0001.rdb');
  sim.replaceObject(bucket, 'nightly-0001.rdb', await read('nightly-0003.rdb'));
  sim.putObject(bucket, 'nightly-0007.rdb', await read('nightly-0002.rdb'));
  const after = await sim.object(bucket, 'nightly-0001.rdb');

  const document = await verifyAsJson([...at, '--level', 'header', address]);

  expect(document).toMatchObject({ exitCode: 1, verdict: 'corrupt' });
  expect(problemsIn(document)).toEqual([
    ['replaced', expect.stringContaining(`etag ${after?.etag} instead of ${before?.etag}`)],
    ['not-of-this-export', 'nightly-0007.rdb'],
    ['replaced', expect.stringMatching(/nightly-0001\.rdb: checksum [0-9a-f]{16} instead of [0-9a-f]{16}$/)],
  ]);
});

test('two shards that were swapped before the manifest was written are told by the slots of their keys', async () => {
  const { at, sim, read, writeManifest } = await setExported();
  const [first, second] = [await read('nightly-0001.rdb'), await read('nightly-0002.rdb')];
  sim.replaceObject(bucket, 'nightly-0001.rdb', second);
  sim.replaceObject(bucket, 'nightly-0002.rdb', first);
  await writeManifest();

  const document = await verifyAsJson([...at, address]);

  expect(document.exitCode).toBe(1);
  expect(document.results[0]?.objects.map(({ verdict, reason }) => [verdict, reason])).toEqual([
    ['corrupt', 'wrong-shard'],
    ['corrupt', 'wrong-shard'],
    ['verified', undefined],
  ]);
});

test('a manifest that claims, has gaps, or tells no slots does not prove the export', async () => {
  const { at, writeManifest } = await setExported();
  const { objects } = JSON.parse(await writeManifest()) as { objects: { key: string; shard: string; slots: string }[] };
  const verdictWith = async (changes: Parameters<typeof writeManifest>[0]) => {
    await writeManifest(changes);
    const document = await verifyAsJson([...at, address]);
    return [document.exitCode, ...problemsIn(document)];
  };
  const plan = objects.map(({ key, shard, slots }) => ({ key, shard, slots }));

  expect(await verdictWith({ state: 'claimed', objects: plan })).toEqual([3, ['not-concluded', undefined]]);
  expect(await verdictWith({ objects: plan.map(({ key, shard }) => ({ key, shard })) })).toEqual([
    3,
    ['no-slots', undefined],
  ]);
  expect(await verdictWith({ objects: plan.slice(0, 2) })).toEqual([
    1,
    ['wrong-cover', 'no shard has the slots 10923-16383'],
    ['not-of-this-export', 'nightly-0003.rdb'],
  ]);
});

test('what is no manifest is told, and nothing is guessed', async () => {
  const { at, sim } = await setExported();
  sim.putObject(bucket, 'nightly.manifest.json', '{}');

  const { code, stdout } = await verify(['-q', ...at, address]);

  expect([code, stdout]).toEqual([
    2,
    `${address}.manifest.json is no manifest of an export, or one of a newer version: name the objects one by one\n`,
  ]);
});

test('MemoryDB may have lower-cased the keys', async () => {
  const { at, sim, read, writeManifest } = await setExported('Daily/Nightly');
  await writeManifest({ state: 'claimed' });
  for (const shard of ['0001', '0002', '0003']) {
    sim.putObject(bucket, `daily/nightly-${shard}.rdb`, await read(`Daily/Nightly-${shard}.rdb`));
    sim.deleteObject(bucket, `Daily/Nightly-${shard}.rdb`);
  }

  const document = await verifyAsJson([...at, `s3://${bucket}/Daily/Nightly`]);

  expect(problemsIn(document)).toEqual([['not-concluded', undefined]]);
  expect(document.results[0]?.objects.map(({ name }) => name)).toEqual(
    ['0001', '0002', '0003'].map((shard) => `s3://${bucket}/daily/nightly-${shard}.rdb`)
  );
});

describe('keys in another case', () => {
  const capital = `s3://${bucket}/Nightly`;

  test('are of another export, and not judged', async () => {
    const { at, sim, writeManifest } = await setExported('Nightly');
    for (const shard of ['0001', '0002', '0003']) sim.putObject(bucket, `nightly-${shard}.rdb`, 'of another export');
    const verdictOf = async (changes?: Parameters<typeof writeManifest>[0]) => {
      await writeManifest(changes);
      const document = await verifyAsJson([...at, capital]);
      return [document.exitCode, ...problemsIn(document)];
    };

    expect(await verdictOf()).toEqual([0]);
    expect(await verdictOf({ state: 'claimed' })).toEqual([3, ['not-concluded', undefined]]);
    const manifest = await writeManifest();
    sim.deleteObject(bucket, 'Nightly-0002.rdb');
    expect(problemsIn(await verifyAsJson([...at, capital]))).toEqual([['missing', 'Nightly-0002.rdb']]);
    sim.putObject(bucket, 'nightly.manifest.json', manifest.replace('"complete"', '"claimed"'));
    expect(problemsIn(await verifyAsJson([...at, capital]))).toEqual([
      ['not-concluded', undefined],
      ['missing', 'Nightly-0002.rdb'],
    ]);
    for (const shard of ['0001', '0003']) sim.deleteObject(bucket, `Nightly-${shard}.rdb`);
    sim.putObject(bucket, 'nightly.manifest.json', manifest);
    expect(problemsIn(await verifyAsJson([...at, capital]))).toEqual([
      ['missing', 'Nightly-0001.rdb'],
      ['missing', 'Nightly-0002.rdb'],
      ['missing', 'Nightly-0003.rdb'],
    ]);
  });

  test('are its own where MemoryDB wrote them so, and then those are judged', async () => {
    const { at, sim, writeManifest } = await setExported('nightly');
    await writeManifest({ target: 'Nightly' });
    sim.putObject(bucket, 'Nightly-0001.rdb', 'of another export');

    const alone = await verifyAsJson([...at, capital]);
    sim.putObject(bucket, 'nightly-0007.rdb', 'one too many');
    const crowded = await verifyAsJson([...at, capital]);

    expect([alone.exitCode, alone.results[0]?.objects.length]).toEqual([0, 3]);
    expect(alone.results[0]?.objects[0]?.name).toBe(`${address}-0001.rdb`);
    expect(crowded.exitCode).toBe(1);
    expect(problemsIn(crowded)).toEqual([['not-of-this-export', 'nightly-0007.rdb']]);
  });
});

test('a downloaded export is verified in its folder, whatever it was called in the bucket', async () => {
  const { keys, read, writeManifest } = await setExported('daily/nightly');
  const manifest = await writeManifest();
  const contents = await Promise.all(keys.map((key) => read(key)));
  const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of()] = contents;
  const files = (a: Buffer, b: Buffer) =>
    writeFiles({
      ...{ 'nightly-0001.rdb': a, 'nightly-0002.rdb': b, 'nightly-0003.rdb': third },
      'nightly.manifest.json': manifest,
    });
  const [right, swapped] = [files(first, second), files(second, first)];
  const path = (paths: Record<string, string>) => join(dirname(paths['nightly-0001.rdb'] ?? ''), 'nightly');

  const whole = await verifyAsJson([path(right)]);
  const byManifest = await verifyAsJson([`${path(right)}.manifest.json`]);
  const mixed = await verifyAsJson(['--level', 'checksum', path(swapped)]);

  expect(whole).toMatchObject({ exitCode: 0, results: [{ kind: 'export', objects: [{}, {}, {}] }] });
  expect(byManifest.results[0]?.objects).toEqual(whole.results[0]?.objects);
  expect(mixed.exitCode).toBe(1);
  const changes = problemsIn(mixed).map(([problem, detail]) => [problem, detail?.replace(/^.*\//, '').slice(0, 26)]);
  expect(changes.slice(-2)).toEqual([
    ['replaced', 'nightly-0001.rdb: checksum'],
    ['replaced', 'nightly-0002.rdb: checksum'],
  ]);
});

test('an object that is replaced while it is read is not judged', async () => {
  const { at, sim, writeManifest } = await setExported();
  await writeManifest();
  sim.onCall(({ operation }) => {
    if (operation === 'HeadObject') sim.putObject(bucket, 'nightly-0001.rdb', 'something else');
  });

  const document = await verifyAsJson([...at, '--level', 'checksum', address]);

  expect(document.exitCode).toBe(2);
  expect(document.results[0]?.objects[0]).toMatchObject({
    verdict: 'unreadable',
    error: expect.stringContaining('was replaced while it was read: verify it again') as string,
  });
});
