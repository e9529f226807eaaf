// Uses clients of the simulator, the SDK's and ours, and prints what came of it and every setting that they resolved.
const { DescribeSnapshotsCommand, MemoryDBClient } = require('@aws-sdk/client-memorydb');
const { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const { openMemoryDB, openS3 } = require('../../../lib/aws/clients.js');
const { MemoryDBSimulator } = require('../../../lib/testing/index.js');

/** What differs from run to run, and what leads to the environment and is not used. */
const APART = [
  'serviceConfiguredEndpoint',
  'defaultUserAgentProvider',
  'httpAuthSchemes',
  'extensions',
  'endpoint',
  'systemClockOffset',
];

async function resolveSetting(/** @type {unknown} */ value) {
  try {
    const resolved = typeof value === 'function' && value.length === 0 ? await value() : value;
    return typeof resolved === 'object' && !Array.isArray(resolved) ? 'an object' : String(resolved).slice(0, 100);
  } catch {
    return 'it throws';
  }
}

async function resolveSettings(/** @type {{ config: object }} */ { config }) {
  const settings = Object.entries(config).filter(([name]) => !APART.includes(name));
  return Object.fromEntries(
    await Promise.all(settings.map(async ([name, value]) => [name, await resolveSetting(value)]))
  );
}

async function main() {
  const sim = await MemoryDBSimulator.start();
  sim.addBucket('acme-backups');
  sim.fail('DescribeSnapshots', { error: 'ThrottlingException' });
  const [memorydb, s3] = [new MemoryDBClient(sim.aws.memorydb), new S3Client(sim.aws.s3)];
  const [ours, oursOfS3] = [openMemoryDB(sim.aws.memorydb), openS3(sim.aws.s3)];

  await memorydb.send(new DescribeSnapshotsCommand({}));
  await ours.reads.send(new DescribeSnapshotsCommand({}));
  await s3.send(new PutObjectCommand({ Bucket: 'acme-backups', Key: 'k', Body: 'some bytes' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'acme-backups', Key: 'k' }));
  await Body?.transformToString();
  await oursOfS3.s3.send(new ListBucketsCommand({}));

  const clients = { memorydb, s3, ours: ours.reads, oursOfS3: oursOfS3.s3 };
  const settings = Object.entries(clients).map(async ([name, client]) => [name, await resolveSettings(client)]);
  const calls = sim.calls.map(({ operation, outcome }) => `${operation}: ${outcome}`);
  console.log(JSON.stringify({ calls, ...Object.fromEntries(await Promise.all(settings)) }));
  for (const client of [memorydb, s3]) client.destroy();
  for (const client of [ours, oursOfS3]) client.close();
  await sim.close();
}

void main();
