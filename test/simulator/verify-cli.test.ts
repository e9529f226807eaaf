import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { slotOf } from '../../src/rdb';
import { database, record, resealed, string, writeRdb } from '../rdb/corpus/write-rdb';
import { auxField, bytesOf } from '../rdb/rdb-bytes';
import { bucket } from './stage';
import { setExported, startVerify, verify, verifyAsJson, writeFiles } from './verify-stage';

// Each test starts several processes, which have to load the AWS SDK.

/** The file of the first shard, of slots 0-5460. */
async function readGenuine(): Promise<Buffer> {
  const { read } = await setExported();
  return read('nightly-0001.rdb');
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
}

test('a genuine file is verified, and what is in it is told', async () => {
  const file = await readGenuine();
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': file });

  const { code, stdout, stderr } = await verify(['--slots', '0-5460', path]);

  expect([code, stderr]).toEqual([0, '']);
  const checksum = file.subarray(-8).reverse().toString('hex');
  expect(stdout.split('\n')).toEqual([
    `${path}: verified`,
    '  level       structure',
    expect.stringMatching(/^ {2}size {8}\d\.\d KiB \(\d,\d{3} bytes\)$/),
    '  format      RDB 10, Redis 7.1.0',
    '  created     2026-11-23T03:15:00.000Z',
    `  checksum    ${checksum}, stored and computed`,
    expect.stringMatching(
      /^ {2}database 0 {2}26 keys \(\d+ string, \d+ list, \d+ set, \d+ zset, \d+ hash\), 6 with an expiry$/
    ),
    expect.stringMatching(/^ {2}slots {7}keys from \d+ to \d+$/),
    '  expected    slots 0-5460',
    '',
  ]);
});

test('with --json the same is told to programs', async () => {
  const file = await readGenuine();
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': file });

  const { verdict, level, results } = await verifyAsJson(['--level', 'deep', '--slots', '0-5460', path]);

  expect([verdict, level]).toEqual(['verified', 'deep']);
  expect(results).toMatchObject([{ argument: path, kind: 'object', verdict: 'verified', problems: [] }]);
  const [object] = results[0]?.objects ?? [];
  expect(object).toMatchObject({
    ...{ name: path, verdict: 'verified', expectedSlots: '0-5460', level: 'deep', bytes: file.length },
    ...{ magic: 'REDIS', version: 10, engine: 'redis', engineVersion: '7.1.0', createdAt: '2026-11-23T03:15:00.000Z' },
    databases: [{ db: 0, keys: 26, expires: 6 }],
  });
  expect(object?.computedChecksum).toBe(object?.checksum);
  expect(object).not.toHaveProperty('reason');
});

test.each([
  ['a flipped bit', 1, 'corrupt', 'checksum-mismatch', (file: Buffer) => flip(file, 1_000)],
  ['a lost end', 1, 'corrupt', 'no-end', (file: Buffer) => file.subarray(0, -20)],
  ['no bytes', 1, 'corrupt', 'empty', () => Buffer.alloc(0)],
  ['bytes behind the end', 1, 'corrupt', 'no-end', (file: Buffer) => Buffer.concat([file, Buffer.from('more')])],
  ['another format', 3, 'unsupported', 'other-format', (file: Buffer) => gzipSync(file)],
  ['an unknown version', 3, 'unsupported', 'unknown-version', () => Buffer.from(`REDIS0042${'x'.repeat(30)}`)],
  [
    'no checksum',
    3,
    'unproven',
    'no-checksum',
    (file: Buffer) => Buffer.concat([file.subarray(0, -8), Buffer.alloc(8)]),
  ],
])('a file with %s: exit code %i, %s, %s', async (_, exitCode, verdict, reason, spoil) => {
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': spoil(await readGenuine()) });

  const document = await verifyAsJson(['--level', 'checksum', path]);
  const { stdout } = await verify(['--quiet', '--level', 'checksum', path]);

  expect(document).toMatchObject({ exitCode, verdict, results: [{ verdict, objects: [{ verdict, reason }] }] });
  const { offset, means = '' } = document.results[0]?.objects[0] ?? {};
  const place = offset === undefined ? '' : `, at byte ${offset.toLocaleString('en-US')}`;
  expect(stdout).toBe(`${path}: ${verdict}: ${means}${place} (${reason})\n`);
});

test('keys of other slots alone are corrupt, at the byte of the first', async () => {
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': await readGenuine() });

  const wrong = await verifyAsJson(['--slots', '5461-16383', path]);

  expect(wrong).toMatchObject({ exitCode: 1, results: [{ objects: [{ reason: 'wrong-shard' }] }] });
  expect(wrong.results[0]?.objects[0]?.offset).toBeGreaterThan(9);
});

test('a few keys of other slots are unproven, and told with their number and their slots', async () => {
  const strays = ['{a}1', '{a}2', '{c}1'].map((key) => record(0, key, string('value')));
  const genuine = await readGenuine();
  const file = resealed(bytesOf(genuine.subarray(0, -9), ...strays, genuine.subarray(-9)));
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': file });

  const { code, stdout } = await verify(['--slots', '0-5460', path]);
  const document = await verifyAsJson(['--slots', '0-5460', path]);

  const [slotOfC, slotOfA] = [slotOf('c'), slotOf('a')];
  expect(code).toBe(3);
  expect(stdout).toMatch(/^ {2}why .* slots of other shards; .*, at byte [\d,]+ \(stray-keys\)$/m);
  expect(stdout).toContain(`  stray       3 keys of slots ${slotOfC},${slotOfA}\n`);
  expect(document).toMatchObject({ exitCode: 3, verdict: 'unproven' });
  expect(document.results[0]?.objects[0]).toMatchObject({
    ...{ reason: 'stray-keys', offset: genuine.length - 9 + 1, strayKeys: 3 },
    straySlots: [slotOfC, slotOfA].map((slot) => ({ first: slot, last: slot })),
  });
});

test('a thousand databases are told: 256 one by one, and the others together', async () => {
  const databases = Array.from({ length: 1_000 }, (_, db) => bytesOf(database(db, 1), record(0, 'key', string('v'))));
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': writeRdb(databases) });

  const { code, stdout } = await verify([path]);

  expect(code).toBe(0);
  expect(stdout).toContain('  database 255  1 key (1 string), 0 with an expiry\n');
  expect(stdout).not.toContain('database 256');
  expect(stdout).toContain('  others        744 keys (744 string), 0 with an expiry\n');
});

test.each([
  ['aof-base', '', 0, 'verified', 'the base of an append-only file'],
  ['aof-preamble', '*1\r\n$4\r\nPING\r\n', 3, 'unsupported', 'the beginning of an append-only file'],
])(
  'the RDB part of an append-only file is named, and its damage is corrupt: %s',
  async (name, more, code, verdict, is) => {
    const part = writeRdb([auxField(name, '1'), record(0, 'key', string('value'))]);
    const {
      'a.rdb': whole = '',
      'b.rdb': flipped = '',
      'c.rdb': cut = '',
    } = writeFiles({
      'a.rdb': bytesOf(part, more),
      'b.rdb': bytesOf(flip(part, part.length - 12), more),
      'c.rdb': part.subarray(0, part.length >> 1),
    });

    const ended = await verify([whole]);
    const document = await verifyAsJson(['--level', 'checksum', flipped, cut]);

    expect(ended.code).toBe(code);
    expect(ended.stdout).toContain(`${whole}: ${verdict}\n`);
    expect(ended.stdout).toMatch(new RegExp(`^ {2}format .*RDB 10, Redis 7\\.0\\.15, ${is}$`, 'm'));
    expect(document).toMatchObject({ exitCode: 1, results: [{ verdict: 'corrupt' }, { verdict: 'corrupt' }] });
  }
);

test('counts that differ are a warning, and corrupt under --strict', async () => {
  const file = await readGenuine();
  const counts = file.indexOf(Buffer.of(0xfe, 0, 0xfb)) + 3;
  const spoilt = Buffer.concat([
    file.subarray(0, counts),
    Buffer.of(27),
    file.subarray(counts + 1, -8),
    Buffer.alloc(8),
  ]);
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': spoilt });

  const [lax, strict] = [await verify([path]), await verifyAsJson(['--strict', path])];

  expect(lax.code).toBe(3);
  expect(lax.stdout).toMatch(/^ {2}warning +the file says 27 keys of database 0, and holds 26$/m);
  expect(strict).toMatchObject({ exitCode: 1, results: [{ objects: [{ reason: 'count-mismatch' }] }] });
});

test('level header reads head and tail, and proves nothing of the content', async () => {
  const file = await readGenuine();
  const {
    'a.rdb': whole = '',
    'b.rdb': flipped = '',
    'c.rdb': cut = '',
  } = writeFiles({
    'a.rdb': file,
    'b.rdb': flip(file, 1_000),
    'c.rdb': file.subarray(0, -20),
  });
  const args = ['--level', 'header'];

  expect(await verifyAsJson([...args, whole])).toMatchObject({
    ...{ exitCode: 3, level: 'header' },
    results: [
      { objects: [{ reason: 'content-not-read', engineVersion: '7.1.0', bytes: file.length, level: 'header' }] },
    ],
  });
  expect((await verifyAsJson([...args, flipped])).exitCode).toBe(3);
  expect((await verifyAsJson([...args, cut])).exitCode).toBe(1);
  const [file1, piped] = [await verifyAsJson([...args, whole]), await verifyAsJson([...args, '-'], file)];
  expect(piped.results[0]?.objects[0]).toEqual({ ...file1.results[0]?.objects[0], name: 'stdin' });
});

test('stdin and a named pipe are read like a file', async () => {
  const file = await readGenuine();
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': file });
  const fifo = `${path}.fifo`;
  execFileSync('mkfifo', [fifo]);

  const [read, piped] = [await verifyAsJson([path]), await verifyAsJson(['-'], file)];
  const [named] = await Promise.all([verifyAsJson([fifo]), writeFile(fifo, file)]);
  const spoilt = await verifyAsJson(['-'], flip(file, 1_000));

  expect(piped.exitCode).toBe(0);
  expect(piped.results[0]?.objects[0]).toEqual({ ...read.results[0]?.objects[0], name: 'stdin' });
  expect(named.results[0]?.objects[0]).toEqual({ ...read.results[0]?.objects[0], name: fifo });
  expect(spoilt.exitCode).toBe(1);
});

test('a bucket in another region is found there, under any key', async () => {
  const { at, sim, read } = await setExported();
  sim.addBucket('elsewhere', { region: 'eu-west-1' });
  sim.putObject('elsewhere', 'a b/ü+.rdb', await read('nightly-0001.rdb'));

  expect((await verifyAsJson([...at, '--region', 'us-east-1', 's3://elsewhere/a b/ü+.rdb'])).exitCode).toBe(0);
});

test('one object of S3 is read in place, with or without a word about whose bucket it is', async () => {
  const { at, sim, read } = await setExported();
  const address = `s3://${bucket}/nightly-0002.rdb`;

  const plain = await verifyAsJson([...at, '--slots', '5461-10922', address]);
  const owned = await verifyAsJson([...at, '--expected-bucket-owner', '123456789012', '--level', 'header', address]);
  const alien = await verifyAsJson([...at, '--expected-bucket-owner', '210987654321', address]);
  const byVariable = startVerify(['-q', address], { AWS_ENDPOINT_URL_S3: sim.endpoint });

  const { length } = await read('nightly-0002.rdb');
  expect(plain).toMatchObject({ exitCode: 0, results: [{ objects: [{ name: address, bytes: length }] }] });
  expect(owned).toMatchObject({ exitCode: 3, results: [{ objects: [{ reason: 'content-not-read', bytes: length }] }] });
  expect(alien).toMatchObject({ exitCode: 2, results: [{ objects: [{ verdict: 'unreadable' }] }] });
  expect(alien.results[0]?.objects[0]?.error).toMatch(/may not be read: check the credentials.*the expected one/);
  expect(await byVariable.exited).toMatchObject({ code: 0 });
  const owners = sim.callsTo('GetObject').map(({ input }) => input.ExpectedBucketOwner);
  expect(new Set(owners)).toEqual(new Set([undefined, '123456789012']));
});

test("S3's own checksum is compared as well: it proves what the file does not", async () => {
  const { at, sim } = await setExported();
  sim.corruptObject(bucket, 'nightly-0001.rdb', { at: 1_000, xor: 1, keepEtag: true });

  const { stdout, code } = await verify([...at, '--level', 'checksum', `s3://${bucket}/nightly-0001.rdb`]);

  expect(code).toBe(1);
  expect(stdout).toMatch(/S3's own checksum of the whole object differs/);
});

test('what cannot be read is exit code 2, and a sentence says why and what to do', async () => {
  const { at } = await setExported();
  const { 'a/b.rdb': path = '' } = writeFiles({ 'a/b.rdb': '' });
  const folder = path.replace('/b.rdb', '');

  const { code, stdout } = await verify([
    ...['-q', ...at, `${folder}/c.rdb`, folder, '/dev/null', `${folder}/t.manifest.json`],
    ...[`s3://${bucket}/other.rdb`, `s3://${bucket}/other`, 's3://nobody/other.rdb'],
  ]);
  const away = await verify(['-q', '--endpoint-url', 'http://127.0.0.1:1', `s3://${bucket}/nightly`]);
  const anonymous = startVerify(['-q', ...at, `s3://${bucket}/nightly`], {
    ...{ AWS_ACCESS_KEY_ID: undefined, HOME: '/nowhere' },
  });
  const nowhere = startVerify(['-q', ...at, `s3://${bucket}/nightly`], { AWS_REGION: undefined });

  expect(code).toBe(2);
  expect(stdout.split('\n')).toEqual([
    `${folder}/c.rdb is not there: check its name`,
    `${folder} is a folder: name a file or a .manifest.json in it`,
    '/dev/null is no file: name one',
    `${folder}/t.manifest.json is not there: check its name`,
    `s3://${bucket}/other.rdb is not there: check its name`,
    `s3://${bucket}/other is not there, neither itself nor as an export (other-0001.rdb, …): check its name`,
    expect.stringMatching(/^s3:\/\/nobody is not there: check the name of the bucket and the key \(NoSuchBucket: /),
    '',
  ]);
  expect(away).toMatchObject({ code: 2, stdout: expect.stringMatching(/S3 does not answer.*ECONNREFUSED/) as string });
  expect(await nowhere.exited).toMatchObject({ code: 2 });
  expect(await anonymous.exited).toMatchObject({ code: 2 });
  expect(anonymous.stdout).toMatch(/without credentials: set AWS_PROFILE, or/);
  expect(nowhere.stdout).toMatch(/without a region: pass --region, or set AWS_REGION/);
});

test('of several arguments the worst decides, and what is corrupt is hidden by nothing', async () => {
  const file = await readGenuine();
  const {
    'good.rdb': good = '',
    'bad.rdb': bad = '',
    'odd.rdb': odd = '',
  } = writeFiles({
    ...{ 'good.rdb': file, 'bad.rdb': flip(file, 1_000), 'odd.rdb': gzipSync(file) },
  });
  const code = async (...paths: string[]) => (await verify(paths)).code;

  expect(await code(good, good)).toBe(0);
  expect(await code(odd, good)).toBe(3);
  expect(await code(good, odd, '/nowhere')).toBe(2);
  expect(await code(bad, '/nowhere', odd, good)).toBe(1);
  const { results } = await verifyAsJson([good, '/nowhere', bad]);
  expect(results.map(({ verdict }) => verdict)).toEqual(['verified', 'unreadable', 'corrupt']);
});

test.each([
  [[], /missing required argument 'source'/],
  [['--level', 'presence', 'a'], /'--level <level>' argument 'presence' is invalid\. .*choose header/],
  [['--level', 'all', 'a'], /'all' is invalid\. a level is header, checksum, structure or deep/],
  [['--slots', '0-16384', 'a'], /'--slots <ranges>' argument '0-16384' is invalid\. .*such as 0-5460/],
  [['--slots', '1', '--level', 'checksum', 'a'], /'--slots' is not looked at with --level checksum: choose structure/],
  [['--strict', '--level', 'header', 'a'], /'--strict' is not looked at with --level header: choose structure/],
  [['-q', '--json', 'a'], /'-q, --quiet' cannot be used with option '--json'/],
  [['s3://bucket'], /'s3:\/\/bucket' is invalid .*an address is s3:\/\/bucket\/key\.rdb/],
  [['s3://a b/c'], /a b is no name of a bucket/],
  [['s3://bucket/daily/'], /it is a folder: name the export in it, as in s3:\/\/bucket\/daily\/TARGET/],
  [[''], /it is empty: name a file/],
  [['-', '-'], /stdin can be read once/],
  [['--region', 'not one', 'a'], /'not one' is invalid\. a region looks like us-east-1/],
  [['--endpoint-url', 'localhost', 'a'], /'localhost' is invalid\. an endpoint looks like/],
  [['--expected-bucket-owner', 'me', 'a'], /'me' is invalid\. an account has 12 digits/],
])('%j is refused with what to do instead', async (args, message) => {
  const { code, stdout, stderr } = await verify(args);

  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('--slots are for objects: a whole export has its own', async () => {
  const { at } = await setExported();

  const { code, stdout } = await verify(['-q', ...at, '--slots', '0-5460', `s3://${bucket}/nightly`]);

  expect(code).toBe(2);
  expect(stdout).toMatch(/is a whole export, and its manifest tells the slots: leave --slots out/);
});

test('whoever closes the output early does no harm', async () => {
  const { 'a.rdb': path = '' } = writeFiles({ 'a.rdb': await readGenuine() });
  const run = startVerify(Array.from({ length: 300 }, () => path));
  run.child.stdout.destroy();
  await once(run.child.stdout, 'close');

  expect(await run.exited).toEqual({ code: 0, signal: null });
  expect(run.stderr).toBe('');
});

test('names and versions that a terminal would obey are shown, not obeyed', async () => {
  const file = await readGenuine();
  const spoilt = Buffer.from(file.toString('latin1').replace('7.1.0', '\u001b[2Jx'), 'latin1');
  const paths = writeFiles({ 'a\u001b[31m.rdb': spoilt });

  const { stdout } = await verify(['--level', 'header', ...Object.values(paths)]);

  expect(stdout).toContain('RDB 10, Redis \\u{1b}[2Jx');
  expect(stdout).toContain('/a\\u{1b}[31m.rdb: unproven');
  expect(stdout).not.toContain('\u001b');
});

test('help tells levels, exit codes and examples', async () => {
  const { code, stdout } = await verify(['--help']);

  expect(code).toBe(0);
  for (const word of ['header', 'checksum', 'structure', 'deep', 'Exit codes', 's3://acme-backups/nightly', '--json']) {
    expect(stdout).toContain(word);
  }
});
