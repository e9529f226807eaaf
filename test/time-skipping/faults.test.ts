import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../support/failures';
import { describeWith } from '../support/temporal-servers';
import { copyOf, inWorld, openTimeSkipping, SOURCE, TARGET, type Server } from '../support/world';

/** What AWS answers to CopySnapshot, through the real client, and what becomes of the job. */
const FINAL: readonly { readonly error: string; readonly type?: string; readonly hint: RegExp }[] = [
  { error: 'InvalidParameterCombinationException', hint: /Leave out/ },
  { error: 'InvalidParameterCombination', type: 'InvalidParameterCombinationException', hint: /Leave out/ },
  { error: 'InvalidParameterValueException', hint: /Correct the value/ },
  { error: 'InvalidParameterValue', type: 'InvalidParameterValueException', hint: /Correct the value/ },
  { error: 'ServiceLinkedRoleNotFoundFault', hint: /create-service-linked-role/ },
  { error: 'SnapshotNotFoundFault', hint: /Check the name/ },
  { error: 'SnapshotNotFound', type: 'SnapshotNotFoundFault', hint: /Check the name/ },
  { error: 'TagQuotaPerResourceExceeded', hint: /49/ },
  { error: 'AccessDeniedException', hint: /permission/ },
  { error: 'ExpiredTokenException', hint: /credentials/ },
  { error: 'UnrecognizedClientException', hint: /credentials/ },
  { error: 'InvalidClientTokenId', hint: /credentials/ },
  { error: 'ValidationException', hint: /region, endpoint/ },
  { error: 'InvalidAction', hint: /region, endpoint/ },
  { error: 'SerializationException', hint: /region, endpoint/ },
];

const WAITS: readonly { readonly error: string; readonly delayS: readonly [number, number] }[] = [
  { error: 'SnapshotQuotaExceededFault', delayS: [55, 90] },
  { error: 'SnapshotQuotaExceeded', delayS: [55, 90] },
  { error: 'InvalidSnapshotStateFault', delayS: [4.5, 10] },
  { error: 'InvalidSnapshotState', delayS: [4.5, 10] },
  { error: 'ThrottlingException', delayS: [0.5, 5] },
  { error: 'APICallRateForCustomerExceededFault', delayS: [0.5, 5] },
  { error: 'InternalFailure', delayS: [0.5, 5] },
  { error: 'ServiceUnavailable', delayS: [0.5, 5] },
  { error: 'SomethingNobodyHasHeardOfFault', delayS: [0.5, 5] },
];

describeWith('time-skipping server', 'what CopySnapshot answers', () => {
  let server: Server;
  beforeAll(async () => {
    server = await openTimeSkipping();
  });
  afterAll(() => server.close());

  test.for(FINAL)('$error ends the job', async ({ error, type = error, hint }) => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('CopySnapshot', { error, message: 'as scripted' });

      const failure = await failureOf(run(copyOf()));

      expect(failure).toMatchObject({ type, nonRetryable: true, phase: 'starting', source: SOURCE, target: TARGET });
      expect(failure.message).toContain('as scripted');
      expect(failure.hint).toMatch(hint);
      expect(sim.callsTo('CopySnapshot')).toHaveLength(1);
    });
  });

  test.for(WAITS)('$error is waited out, at its pace', async ({ error, delayS: [least, most] }) => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('CopySnapshot', { error });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: false });

      const [first, second] = sim.callsTo('CopySnapshot');
      const waitedS = ((second?.at ?? 0) - (first?.at ?? 0)) / 1_000;
      expect(waitedS).toBeGreaterThanOrEqual(least);
      expect(waitedS).toBeLessThanOrEqual(most);
    });
  });

  test('SnapshotAlreadyExistsFault without a visible target is looked at again, and sent again', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.fail('CopySnapshot', { error: 'SnapshotAlreadyExists' });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: false });

      expect(sim.callsTo('CopySnapshot')).toHaveLength(2);
    });
  });

  test('a busy source that turns out to be gone ends the job', async () => {
    await inWorld(server, async ({ sim, run }) => {
      const script = sim.fail('CopySnapshot', { error: 'InvalidSnapshotStateFault', times: 100 });
      void script.hit.then(() => {
        sim.setStatus(SOURCE, 'deleting');
      });

      expect(await failureOf(run(copyOf()))).toMatchObject({ type: 'InvalidSnapshotStateFault', status: 'deleting' });
    });
  });

  test('an expired login before the first send ends the job, after it the login is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ copyTakes: '3h' });
      sim.fail('DescribeSnapshots', { error: 'ExpiredTokenException', skip: 3, for: '1h' });

      await expect(run(copyOf())).resolves.toMatchObject({ snapshot: { Status: 'available' } });

      sim.fail('DescribeSnapshots', { error: 'ExpiredTokenException' });

      expect(await failureOf(run(copyOf({ request: { TargetSnapshotName: 'second' } })))).toMatchObject({
        type: 'ExpiredTokenException',
        phase: 'inspecting',
      });
    });
  });

  test('an expired login after a send whose answer was lost is waited for', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.set({ visibleAfter: '30s' });
      sim.fail('CopySnapshot', { httpStatus: 503, when: 'after' });
      sim.fail('CopySnapshot', { error: 'ExpiredTokenException', times: 3 });

      await expect(run(copyOf())).resolves.toMatchObject({ adopted: true });
    });
  });

  test.for([
    { input: copyOf({ request: { TargetSnapshotName: '' } }), named: 'TargetSnapshotName ""' },
    { input: copyOf({ request: { TargetSnapshotName: SOURCE.toUpperCase() } }), named: 'is the source itself' },
    { input: copyOf({ request: { TargetBucket: 'acme/backups' } }), named: 'TargetBucket "acme/backups"' },
    { input: copyOf({ request: { KmsKeyId: 'k'.repeat(2_049) } }), named: 'KmsKeyId' },
    { input: copyOf({ patience: { copy: 'soon' as '1h' } }), named: 'patience.copy "soon"' },
    { input: undefined as unknown as ReturnType<typeof copyOf>, named: 'input' },
  ])('bad input is refused before anything is sent: $named', async ({ input, named }) => {
    await inWorld(server, async ({ sim, run }) => {
      const failure = await failureOf(run(input));

      expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true, phase: 'inspecting' });
      expect(failure.message).toContain(named);
      expect(sim.calls).toHaveLength(0);
    });
  });

  test('a source with 50 tags is refused with the way out', async () => {
    await inWorld(server, async ({ sim, run }) => {
      sim.setTags(SOURCE, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`tag-${i}`, ''])));

      expect(await failureOf(run(copyOf()))).toMatchObject({
        type: 'InvalidRequest',
        hint: expect.stringContaining('pass Tags') as string,
      });
      expect(sim.callsTo('CopySnapshot')).toHaveLength(0);
    });
  });
});
