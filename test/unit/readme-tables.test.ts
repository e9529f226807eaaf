import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ms from 'ms';
import { expect, test } from 'vitest';
import { classifyFault, KNOWN_FAULT_NAMES } from '../../src/aws/faults';
import { OUTCOMES, type Outcome } from '../../src/aws/outcomes';
import { classifyS3Fault, KNOWN_S3_NAMES } from '../../src/aws/s3-faults';
import { DEFAULT_LEVEL, READS_CONTENT } from '../../src/contract/export';
import { CopySnapshotErrors, SnapshotFailureTypes } from '../../src/contract/failures';
import { DEFAULT_PACES } from '../../src/contract/pacing';
import { VERIFICATION_BOUNDS } from '../../src/contract/verification';
import { DEFAULT_PATIENCE_MS } from '../../src/contract/request';
import { REASONS } from '../../src/rdb';
import { CHECKOUT, readmeTable, readReadme } from '../support/readme';

test('the failure table names every type, once', () => {
  const types = readmeTable('type').map(([type]) => type);

  expect(types).toEqual([...Object.keys(CopySnapshotErrors), ...Object.keys(SnapshotFailureTypes)]);
});

test('the table of classes is the code: what each does to a job, and the types that it names', () => {
  const rows = readmeTable('class').map(([kind = '', , types = '', before, after]) => ({
    kind: kind as keyof typeof OUTCOMES,
    types: types.split(', '),
    before,
    after,
  }));
  const tell = (outcome: Outcome) => (outcome === 'final' ? 'fails' : 'waits');
  // Those have a row in the table of types, or become an InvalidRequest or a verdict on an object.
  const elsewhere = ['quota', 'state', 'exists', 'missing', 'replaced', 'empty', 'wrong region'];

  expect([...rows.map(({ kind }) => kind), ...elsewhere].sort()).toEqual(Object.keys(OUTCOMES).sort());
  for (const { kind, types, before, after } of rows) {
    expect([kind, before, after]).toEqual([kind, tell(OUTCOMES[kind].none), tell(OUTCOMES[kind].possible)]);
    for (const type of types.filter((name) => name !== 'that name')) expect([type, kindOf(type)]).toEqual([type, kind]);
  }
});

test('every type that a job can fail with is in a table', () => {
  const told = new Set(readmeTable('type').map(([type]) => type));
  const classes = new Set(readmeTable('class').map(([kind]) => kind));
  const isTold = (name: string, kind: string) => told.has(name) || classes.has(kind) || kind === 'wrong region';
  const fromMemoryDB = KNOWN_FAULT_NAMES.map((name) => classifyFault(refusal(name)));
  const fromS3 = KNOWN_S3_NAMES.map((name) => classifyS3Fault(refusal(name)));
  // The bucket is not there, which is an InvalidRequest; a condition that fails is waited out.
  const known = ['missing', 'replaced', 'empty'];

  expect(
    fromMemoryDB.filter(({ name, kind }) => !isTold(name, kind) && kind !== 'state').map(({ name }) => name)
  ).toEqual([]);
  expect(
    fromS3.filter(({ name, meaning }) => !isTold(name, meaning) && !known.includes(meaning)).map(({ name }) => name)
  ).toEqual([]);
  expect(literalTypes().filter((type) => !told.has(type))).toEqual([]);
});

/** The types of failures that the source spells out. */
function literalTypes(): string[] {
  const files = ['aws', 'activities', 'workflows', 'contract'].flatMap((folder) => {
    const path = join(CHECKOUT, 'src', folder);
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(path, name));
  });
  const found = files.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/(?:verdict: 'final',\s+type: |finalFailure\(\s*)'(\w+)'/g),
  ]);
  return found.map(([, type = '']) => type);
}

/** The class of a type, whichever service tells it. */
function kindOf(type: string): string {
  const [, status] = /^Http(\d+)$/.exec(type) ?? [];
  if (status !== undefined) return classifyFault(withStatus(new SyntaxError('<'), Number(status))).kind;
  if (type === 'TlsError') return classifyFault(coded('CERT_HAS_EXPIRED')).kind;
  if (type === 'GarbledAnswer') return classifyFault(withStatus(new SyntaxError('<'), 200)).kind;
  if (type === 'ClientError') return classifyFault(new Error('Region is missing')).kind;
  if (/^E[A-Z]+$/.test(type)) return classifyFault(coded(type)).kind;
  const isOfS3 = KNOWN_S3_NAMES.includes(type);
  return isOfS3 ? classifyS3Fault(refusal(type)).meaning : classifyFault(refusal(type)).kind;
}

function refusal(name: string): Error {
  return Object.assign(withStatus(new Error('no'), 400), { name, $fault: 'client' });
}

function withStatus(error: Error, httpStatusCode: number): Error {
  return Object.assign(error, { $metadata: { httpStatusCode } });
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('the table of paces is the code', () => {
  const rows = readmeTable('pace').map(([pace = '', , floor = '', share = '', ceiling = '']) => [
    pace,
    {
      floorMs: ms(floor as ms.StringValue),
      share: Number.parseFloat(share) / 100,
      ceilingMs: ms(ceiling as ms.StringValue),
    },
  ]);

  expect(Object.fromEntries(rows)).toEqual(DEFAULT_PACES);
});

test('the defaults of the patience are the code', () => {
  const defaults = new Map(readmeTable('field').map(([field, , value]) => [field, value]));
  const duration = (field: string) => ms((defaults.get(field) ?? '').replaceAll("'", '') as ms.StringValue);

  expect({ start: duration('patience.start'), copy: duration('patience.copy') }).toEqual(DEFAULT_PATIENCE_MS);
});

test('the table of levels is the code, and so is the default', () => {
  const levels = readmeTable('level').map(([level, reads]) => [level, reads === 'every byte']);
  const [, , usual] = readmeTable('field').find(([field]) => field === 'verify') ?? [];

  expect(Object.fromEntries(levels)).toEqual(READS_CONTENT);
  expect(usual).toBe(`'${DEFAULT_LEVEL}'`);
});

test('the table of verdicts names those of the reasons, and the one that needs none', () => {
  const verdicts = readmeTable('verdict').map(([verdict]) => verdict);

  expect(verdicts).toEqual(['verified', ...new Set(Object.values(REASONS).map(({ verdict }) => verdict))]);
});

test('the bounds of the verification are the code', () => {
  const { objectsAtOnce, rangesInFlight, rangeBytes } = VERIFICATION_BOUNDS;
  const defaults = new Map(readmeTable('variable').map(([variable, , value]) => [variable, Number(value)]));
  const memory = objectsAtOnce.usual * (rangesInFlight.usual * (rangeBytes.usual >> 20) + 2);

  expect(defaults.get('SNAPSHOTS_VERIFY_OBJECTS')).toBe(objectsAtOnce.usual);
  expect(defaults.get('SNAPSHOTS_VERIFY_RANGES')).toBe(rangesInFlight.usual);
  expect(defaults.get('SNAPSHOTS_VERIFY_RANGE_MIB')).toBe(rangeBytes.usual >> 20);
  expect(readReadme()).toContain(` ${memory} MiB unless option`);
});

test('the README links to files that are there', async () => {
  const { existsSync } = await import('node:fs');
  const links = [...readReadme().matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(link))).toEqual([]);
  expect(links).toContain('CONTRIBUTING.md');
});
