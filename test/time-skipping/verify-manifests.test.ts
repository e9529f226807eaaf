import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAsJson, writeFiles } from '../simulator/verify-stage';
import { describeWith } from '../support/temporal-servers';
import { BUCKET, exportOf, inWorld, openTimeSkipping, type Server, type World } from '../support/world';

// The manifests here are those that jobs wrote. Each test starts several processes, which have to load the AWS SDK.

const TARGET = 'Backups/Nightly';
const MANIFEST = 'backups/nightly.manifest.json';

describeWith('time-skipping server', 'memorydb-snapshots verify, on the export of a job', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  /** Exports to the target, and gives what a test does then. */
  const withExport = (
    work: (world: World) => Promise<void>,
    exportKeys: 'as-sent' | 'lower-case' = 'as-sent',
    target = TARGET
  ) =>
    inWorld(server, async (world) => {
      world.sim.set({ exportKeys });
      await world.run(exportOf({ request: { TargetSnapshotName: target } }));
      await work(world);
    });

  const verify = ({ sim }: World, name: string) =>
    verifyAsJson(['--endpoint-url', sim.endpoint, `s3://${BUCKET}/${name}`]);

  test.for(['as-sent', 'lower-case'] as const)(
    'whose keys are %s: every name of it is verified',
    async (exportKeys) => {
      await withExport(async (world) => {
        for (const name of [TARGET, 'backups/nightly', 'BACKUPS/nightly', MANIFEST, `${TARGET}.manifest.json`]) {
          const document = await verify(world, name);

          const folder = exportKeys === 'as-sent' ? TARGET : TARGET.toLowerCase();
          expect(document, name).toMatchObject({
            exitCode: 0,
            results: [
              {
                manifest: `s3://${BUCKET}/${MANIFEST}`,
                problems: [],
                objects: [1, 2, 3].map((shard) => ({ name: `s3://${BUCKET}/${folder}-000${shard}.rdb` })),
              },
            ],
          });
        }
      }, exportKeys);
    }
  );

  test('beside objects that differ in case alone: each is judged by itself', async () => {
    await withExport(async (world) => {
      const { sim } = world;
      for (const { key, bytes } of await sim.objects(BUCKET)) {
        if (key.endsWith('.rdb')) sim.putObject(BUCKET, key.toLowerCase(), bytes());
      }
      sim.putObject(BUCKET, 'backups/nightly-0004.rdb', 'of nobody');

      expect(await verify(world, TARGET)).toMatchObject({ exitCode: 0 });
      expect(await verify(world, MANIFEST)).toMatchObject({ exitCode: 0 });
      const namesake = await verify(world, 'backups/nightly');
      expect(namesake.results[0]?.problems).toMatchObject([{ problem: 'no-manifest' }]);
      expect(namesake.results[0]?.objects).toHaveLength(4);

      for (const shard of [1, 2, 3]) sim.deleteObject(BUCKET, `${TARGET}-000${shard}.rdb`);
      const lost = await verify(world, TARGET);
      expect(lost.results[0]?.problems.map(({ problem, detail }) => [problem, detail])).toEqual(
        [1, 2, 3].map((shard) => ['missing', `${TARGET}-000${shard}.rdb`])
      );
    });
  });

  test('downloaded, in its folders or without, is verified under every name', async () => {
    await withExport(async ({ sim }) => {
      const objects = await sim.objects(BUCKET);
      const write = (rename: (key: string) => string) => {
        const paths = writeFiles(Object.fromEntries(objects.map(({ key, bytes }) => [rename(key), bytes()])));
        return dirname(paths[rename(MANIFEST)] ?? '');
      };
      const tree = join(
        write((key) => key),
        '..'
      );
      const flat = write((key) => key.slice(key.lastIndexOf('/') + 1));
      const named = write((key) => `Backups/${key.slice(key.lastIndexOf('/') + 1)}`);

      for (const path of [
        ...[join(tree, TARGET), join(tree, MANIFEST), `${join(tree, TARGET)}.manifest.json`],
        ...[join(flat, 'Nightly'), join(flat, 'nightly.manifest.json'), join(flat, 'nightly')],
        ...[join(named, 'Nightly'), join(named, 'nightly.manifest.json')],
      ]) {
        const document = await verifyAsJson([path]);

        expect(document, path).toMatchObject({ exitCode: 0, results: [{ objects: [{}, {}, {}] }] });
      }
    });
  });

  test('moved to another folder of a bucket is verified there', async () => {
    await withExport(async (world) => {
      const { sim } = world;
      for (const { key, bytes } of await sim.objects(BUCKET)) sim.putObject(BUCKET, `Moved/${key}`, bytes());
      for (const { key } of await sim.objects(BUCKET)) if (!key.startsWith('Moved/')) sim.deleteObject(BUCKET, key);

      for (const name of [`Moved/${TARGET}`, `Moved/${MANIFEST}`]) {
        const document = await verify(world, name);

        // S3 gives the copy of an object the same ETag where it was sent in one part.
        expect(document, name).toMatchObject({ exitCode: 0, results: [{ objects: [{}, {}, {}] }] });
      }
    });
  });
});
