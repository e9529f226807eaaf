import type { MemoryDB } from '@aws-sdk/client-memorydb';
import { expect, test } from 'vitest';
import { expectRefusal, readStatus, setStage, source } from './stage';

const copyTo = (client: MemoryDB, target: string, options?: { abortSignal: AbortSignal }): Promise<unknown> =>
  client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: target }, options);

test('an error of any name, with its own message and the status of its model', async () => {
  const { client, sim } = await setStage();
  const cases: readonly (readonly [string, number])[] = [
    ['ThrottlingException', 400],
    ['SnapshotNotFoundFault', 404],
    ['APICallRateForCustomerExceededFault', 400],
    ['ServiceLinkedRoleNotFoundFault', 400],
    ['InternalFailure', 500],
    ['ServiceUnavailable', 503],
    ['ExpiredTokenException', 403],
    ['AccessDeniedException', 400],
    ['NeverHeardOfFault', 400],
  ];

  for (const [error, status] of cases) {
    sim.fail('CopySnapshot', { error, message: `so says ${error}` });
    const answer = copyTo(client, 'nightly');
    await expect(answer).rejects.toThrow(`so says ${error}`);
    await expectRefusal(answer, error, status);
  }
  expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome)).toEqual(cases.map(([error]) => error));
  expect(await sim.snapshot('nightly')).toBeUndefined();
});

test('an error with another status', async () => {
  const { client, sim } = await setStage();
  sim.fail('CopySnapshot', { error: 'ThrottlingException', httpStatus: 429 });

  await expectRefusal(copyTo(client, 'nightly'), 'ThrottlingException', 429);
});

test('a bare 5xx has no body that the client could read', async () => {
  const { client, sim } = await setStage();
  sim.fail('CopySnapshot', { httpStatus: 503 });

  await expect(copyTo(client, 'nightly')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });

  expect(sim.calls[0]).toMatchObject({ outcome: 'HTTP 503' });
});

test('it fires once unless told otherwise, for the calls that match, after those that it lets pass', async () => {
  const { client, sim } = await setStage();
  const once = sim.fail('DescribeSnapshots', { error: 'ThrottlingException' });
  const some = sim.fail('CopySnapshot', {
    error: 'ThrottlingException',
    match: ({ TargetSnapshotName }) => TargetSnapshotName?.startsWith('bad') ?? false,
    skip: 1,
    times: 2,
  });

  await expectRefusal(client.describeSnapshots({}), 'ThrottlingException');
  await client.describeSnapshots({});
  await copyTo(client, 'good-1');
  await copyTo(client, 'bad-1');
  await copyTo(client, 'good-2');
  await expectRefusal(copyTo(client, 'bad-2'), 'ThrottlingException');
  await expectRefusal(copyTo(client, 'bad-2'), 'ThrottlingException');
  await copyTo(client, 'bad-2');

  expect([once.hits, some.hits]).toEqual([1, 2]);
});

test('it may last by the clock, for every operation', async () => {
  const { client, sim, clock } = await setStage();
  const script = sim.fail('*', { httpStatus: 500, error: 'InternalFailure', for: '10m' });

  await expectRefusal(client.describeSnapshots({}), 'InternalFailure', 500);
  await expectRefusal(copyTo(client, 'nightly'), 'InternalFailure', 500);
  clock.advance('10m');
  await client.describeSnapshots({});

  expect(script.hits).toBe(2);
});

test('the first script that fits is the one that fires; a removed one never does', async () => {
  const { client, sim } = await setStage();
  const removed = sim.fail('CopySnapshot', { error: 'AccessDeniedException', times: Infinity });
  sim.fail('CopySnapshot', { error: 'ThrottlingException' });
  sim.fail('*', { error: 'ServiceUnavailable' });

  removed.remove();

  await expectRefusal(copyTo(client, 'nightly'), 'ThrottlingException');
  await expectRefusal(copyTo(client, 'nightly'), 'ServiceUnavailable', 503);
  expect(removed.hits).toBe(0);
});

test('a connection dropped before acceptance: nothing was done', async () => {
  const { client, sim } = await setStage();
  sim.fail('CopySnapshot', { connection: 'drop' });

  await expect(copyTo(client, 'nightly')).rejects.toMatchObject({ code: 'ECONNRESET' });

  expect(await sim.snapshot('nightly')).toBeUndefined();
  expect(sim.calls[0]).toMatchObject({ outcome: 'dropped' });
});

test('a connection dropped after acceptance: the copy is under way', async () => {
  const { client, sim } = await setStage();
  sim.fail('CopySnapshot', { connection: 'drop', when: 'after' });

  await expect(copyTo(client, 'nightly')).rejects.toMatchObject({ code: 'ECONNRESET' });

  expect(await readStatus(client, 'nightly')).toBe('creating');
});

test('an answer replaced after acceptance, by an error or by half a body: the copy is under way', async () => {
  const { client, sim } = await setStage();
  sim.fail('CopySnapshot', { httpStatus: 502, when: 'after' });
  sim.fail('CopySnapshot', { garbled: true, when: 'after' });
  sim.fail('CopySnapshot', { garbled: true });

  await expect(copyTo(client, 'a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
  await expect(copyTo(client, 'b')).rejects.toMatchObject({ name: 'SyntaxError', $metadata: { httpStatusCode: 200 } });
  await expect(copyTo(client, 'c')).rejects.toMatchObject({ name: 'SyntaxError', $metadata: { httpStatusCode: 200 } });

  expect((await sim.snapshots()).map(({ name }) => name)).toEqual(['a', source, 'b']);
  expect(sim.calls.map(({ outcome }) => outcome)).toEqual(['HTTP 502', 'garbled', 'garbled']);
});

test('a call that hangs before acceptance takes effect when it is released, at the time of then', async () => {
  const { client, sim, clock } = await setStage();
  const script = sim.fail('CopySnapshot', { connection: 'hang' });
  const copy = copyTo(client, 'nightly');
  await script.hit;
  const [call] = sim.callsTo('CopySnapshot');
  expect(call).toMatchObject({ outcome: 'hung' });
  expect(await sim.snapshot('nightly')).toBeUndefined();
  clock.advance('1h');

  script.release();
  await copy;

  expect(call).toMatchObject({ outcome: 'ok', at: Date.parse('2026-11-23T06:00:00Z') });
  expect(await sim.snapshot('nightly')).toMatchObject({ createdAt: Date.parse('2026-11-23T07:00:00Z') });
});

test('a call that hangs after acceptance has taken effect; released, it is answered', async () => {
  const { client, sim } = await setStage();
  const script = sim.fail('CopySnapshot', { connection: 'hang', when: 'after' });
  const copy = copyTo(client, 'nightly');
  await script.hit;
  expect(await readStatus(client, 'nightly')).toBe('creating');

  script.release();

  await expect(copy).resolves.toMatchObject({ Snapshot: { Name: 'nightly', Status: 'creating' } });
});

test('hung calls may be cut instead, and later ones hang as before', async () => {
  const { client, sim } = await setStage();
  const script = sim.fail('CopySnapshot', { connection: 'hang', times: 2 });
  const first = copyTo(client, 'nightly');
  await script.hit;

  script.release({ drop: true });
  await expect(first).rejects.toMatchObject({ code: 'ECONNRESET' });
  const second = copyTo(client, 'nightly');
  await sim.calledTimes('CopySnapshot', 2);
  script.release();
  await second;

  expect(sim.callsTo('CopySnapshot').map(({ outcome }) => outcome)).toEqual(['dropped', 'ok']);
});

test('a call that hangs before acceptance is forgotten when the client gives up', async () => {
  const { client, sim } = await setStage();
  const script = sim.fail('CopySnapshot', { connection: 'hang' });
  const patience = new AbortController();
  const copy = copyTo(client, 'nightly', { abortSignal: patience.signal });
  await script.hit;

  patience.abort();
  await expect(copy).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => sim.calls[0]?.outcome).toBe('abandoned');
  script.release();
  await client.describeSnapshots({});

  expect(await sim.snapshot('nightly')).toBeUndefined();
});

test('an answer may be held back, and then be the operation’s own', async () => {
  const { client, sim } = await setStage();
  const late = sim.fail('CopySnapshot', { delayMs: 30 });
  const startedAt = performance.now();

  await copyTo(client, 'nightly');

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  expect(late.hits).toBe(1);
  expect(sim.calls[0]).toMatchObject({ outcome: 'ok' });
});

test('a call that is held back is forgotten when the client gives up', async () => {
  const { client, sim } = await setStage();
  const script = sim.fail('CopySnapshot', { delayMs: 60_000 });
  const patience = new AbortController();
  const copy = copyTo(client, 'nightly', { abortSignal: patience.signal });
  await script.hit;

  patience.abort();

  await expect(copy).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => sim.calls[0]?.outcome).toBe('abandoned');
  expect(await sim.snapshot('nightly')).toBeUndefined();
});

test('an error may be held back as well', async () => {
  const { client, sim } = await setStage();
  sim.fail('CopySnapshot', { delayMs: 1, error: 'ThrottlingException' });

  await expectRefusal(copyTo(client, 'nightly'), 'ThrottlingException');
});

test('requests that the service does not understand neither fire nor count', async () => {
  const { client, sim } = await setStage();
  const script = sim.fail('CopySnapshot', { error: 'ThrottlingException' });

  await expectRefusal(
    client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: undefined }),
    'InvalidParameterValueException'
  );

  expect(script.hits).toBe(0);
});

test('faults that make no sense are refused when they are scripted', async () => {
  const { sim } = await setStage();

  expect(() => sim.fail('CopySnapshot', {})).toThrow(/needs one of/);
  expect(() => sim.fail('CopySnapshot', { error: 'X', connection: 'drop' })).toThrow(/one of/);
  expect(() => sim.fail('CopySnapshot', { garbled: true, httpStatus: 500 })).toThrow(/one of/);
  expect(() => sim.fail('CopySnapshot', { error: 'X', times: 1, for: '1m' })).toThrow(/either times or for/);
  expect(() => sim.fail('CopySnapshot', { error: 'X', for: -1 })).toThrow(/for: -1 is no duration/);
  expect(() => sim.fail('CopySnapshot', { httpStatus: 200 })).toThrow(/httpStatus/);
  expect(() => sim.fail('CopySnapshot', { error: 'X', times: 0 })).toThrow(/times/);
  expect(() => sim.fail('CopySnapshot', { error: 'X', skip: 0.5 })).toThrow(/skip/);
  expect(() => sim.fail('CopySnapshot', { delayMs: -1 })).toThrow(/delayMs/);
  // @ts-expect-error there is no such operation
  expect(() => sim.fail('CopySnapshots', { error: 'X' })).toThrow(/no operation CopySnapshots/);
});
