import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SnapshotQuotaExceededFault } from '@aws-sdk/client-memorydb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyFault, KNOWN_FAULT_NAMES, type FaultKind } from '../../src/aws/faults';
import { judgeFault } from '../../src/aws/judge-fault';
import type { Final, Wait } from '../../src/aws/verdict';
import { CopySnapshotErrors } from '../../src/contract/failures';

/** What a fault leads to: before any send, and when an earlier send may have been accepted. */
type Outcome = Wait['pace'] | Final['verdict'];
type Row = readonly [name: string, kind: FaultKind, before: Outcome, after: Outcome];

describe('the errors that CopySnapshot declares', () => {
  const rows: readonly Row[] = [
    ['SnapshotQuotaExceededFault', 'quota', 'quota', 'quota'],
    ['InvalidSnapshotStateFault', 'state', 'state', 'state'],
    ['SnapshotAlreadyExistsFault', 'exists', 'final', 'final'],
    ['SnapshotNotFoundFault', 'missing', 'final', 'final'],
    ['InvalidParameterValueException', 'refused', 'final', 'final'],
    ['InvalidParameterCombinationException', 'refused', 'final', 'final'],
    ['ServiceLinkedRoleNotFoundFault', 'refused', 'final', 'final'],
    ['TagQuotaPerResourceExceeded', 'refused', 'final', 'final'],
  ];

  test.for(rows)('%s is %s: %s before a send, %s after one', ([name, kind, before, after]) => {
    const fault = classifyFault(serviceError(name));

    expect(fault).toMatchObject({ name, kind });
    expect([outcome(fault, 'none'), outcome(fault, 'possible')]).toEqual([before, after]);
  });

  test("are the eight of the SDK's model, in the table and in the constants", () => {
    const declared = errorsOf('CopySnapshot');

    expect(declared).toHaveLength(8);
    expect(rows.map(([name]) => name).sort()).toEqual(declared);
    expect(Object.keys(CopySnapshotErrors).sort()).toEqual(declared);
  });

  test('are told with a hint of their own', () => {
    const hints = rows.map(([name]) => classifyFault(serviceError(name)).hint);

    expect(new Set(hints).size).toBe(rows.length);
  });
});

test.for(['DescribeSnapshots', 'DeleteSnapshot'])(
  'every error that %s declares has a name in the table',
  (operation) => {
    expect(errorsOf(operation).filter((name) => !KNOWN_FAULT_NAMES.includes(name))).toEqual([]);
  }
);

describe('the short forms, the names of the Query protocol', () => {
  test.for([
    ['SnapshotQuotaExceeded', 'SnapshotQuotaExceededFault'],
    ['InvalidSnapshotState', 'InvalidSnapshotStateFault'],
    ['SnapshotAlreadyExists', 'SnapshotAlreadyExistsFault'],
    ['SnapshotNotFound', 'SnapshotNotFoundFault'],
    ['InvalidParameterValue', 'InvalidParameterValueException'],
    ['InvalidParameterCombination', 'InvalidParameterCombinationException'],
    ['ServiceLinkedRoleNotFound', 'ServiceLinkedRoleNotFoundFault'],
    ['TagQuotaPerResourceExceededFault', 'TagQuotaPerResourceExceeded'],
    ['APICallRateForCustomerExceeded', 'APICallRateForCustomerExceededFault'],
    ['InvalidKMSKey', 'InvalidKMSKeyFault'],
    ['InvalidARN', 'InvalidARNFault'],
  ] as const)('%s reads like %s', ([short, long]) => {
    expect(classifyFault(serviceError(short))).toEqual(classifyFault(serviceError(long)));
  });
});

describe('the errors common to all of AWS', () => {
  test.for<Row>([
    ['AccessDeniedException', 'access', 'final', 'state'],
    ['NotAuthorized', 'access', 'final', 'state'],
    ['OptInRequired', 'access', 'final', 'state'],
    ['RequestExpired', 'clock', 'final', 'state'],
    ['InvalidClientTokenId', 'access', 'final', 'state'],
    ['IncompleteSignature', 'access', 'final', 'state'],
    ['ExpiredTokenException', 'access', 'final', 'state'],
    ['UnrecognizedClientException', 'access', 'final', 'state'],
    ['InvalidSignatureException', 'clock', 'final', 'state'],
    ['CredentialsProviderError', 'access', 'final', 'state'],
    ['ValidationError', 'client', 'final', 'final'],
    ['ValidationException', 'client', 'final', 'final'],
    ['InvalidAction', 'client', 'final', 'final'],
    ['UnknownOperationException', 'client', 'final', 'final'],
    ['SerializationException', 'client', 'final', 'final'],
    ['ThrottlingException', 'trouble', 'throttled', 'throttled'],
    ['APICallRateForCustomerExceededFault', 'trouble', 'throttled', 'throttled'],
    ['ServiceUnavailable', 'trouble', 'throttled', 'throttled'],
    ['InternalFailure', 'trouble', 'throttled', 'throttled'],
    ['RequestTimeout', 'trouble', 'throttled', 'throttled'],
    ['InvalidKMSKeyFault', 'refused', 'final', 'final'],
  ])('%s is %s: %s before a send, %s after one', ([name, kind, before, after]) => {
    const fault = classifyFault(serviceError(name));

    expect(fault).toMatchObject({ name, kind });
    expect([outcome(fault, 'none'), outcome(fault, 'possible')]).toEqual([before, after]);
  });
});

describe('where the name says nothing', () => {
  test.for<readonly [what: string, err: unknown, name: string, kind: FaultKind, outcome: Outcome]>([
    ['a new name', serviceError('SnapshotTooPrettyFault'), 'SnapshotTooPrettyFault', 'unknown', 'throttled'],
    ['no name at all, 400', serviceError('UnknownError'), 'Http400', 'gateway', 'state'],
    ['a new name, 503', serviceError('BrandNewFault', 503), 'BrandNewFault', 'trouble', 'throttled'],
    ['a bare 502', withStatus(new Error('Bad Gateway'), 502), 'Http502', 'trouble', 'throttled'],
    ['a reset connection', coded('ECONNRESET'), 'ECONNRESET', 'trouble', 'throttled'],
    ['a refused connection', coded('ECONNREFUSED'), 'ECONNREFUSED', 'trouble', 'throttled'],
    ['a name that does not resolve', coded('ENOTFOUND'), 'ENOTFOUND', 'trouble', 'throttled'],
    ['a broken pipe', coded('EPIPE'), 'EPIPE', 'trouble', 'throttled'],
    ['a cut body', Object.assign(new Error('aborted'), { code: 'ECONNRESET' }), 'ECONNRESET', 'trouble', 'throttled'],
    ['a time-out', named('TimeoutError', new Error('too late')), 'TimeoutError', 'trouble', 'throttled'],
    ['a garbled answer', garbled(), 'GarbledAnswer', 'trouble', 'throttled'],
    ['bad JSON of our own', new SyntaxError('Unexpected token'), 'SyntaxError', 'client', 'final'],
    ['a bug of ours', new TypeError('x is not a function'), 'TypeError', 'client', 'final'],
    ['an endpoint that is none', invalidUrl(), 'TypeError', 'client', 'final'],
    ['an aborted call', named('AbortError', new Error('Request aborted')), 'AbortError', 'client', 'final'],
    ['a plain error', new Error('something'), 'ClientError', 'client', 'final'],
    ['what is no error', 'something', 'ClientError', 'client', 'final'],
    ['nothing', undefined, 'ClientError', 'client', 'final'],
  ])('%s', ([, err, name, kind, expected]) => {
    const fault = classifyFault(err);

    expect(fault).toMatchObject({ name, kind });
    expect(outcome(fault, 'possible')).toBe(expected);
  });

  test('a known name counts for more than the status', () => {
    expect(classifyFault(serviceError('SnapshotNotFoundFault', 503)).kind).toBe('missing');
    expect(classifyFault(serviceError('ThrottlingException', 400)).kind).toBe('trouble');
  });

  test('the message decides nothing', () => {
    const messages = fc.oneof(fc.string(), fc.constantFrom(...KNOWN_FAULT_NAMES, 'quota', 'not found', 'Throttling'));
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN_FAULT_NAMES, 'SomethingNew'), messages, (name, message) => {
        expect(classifyFault(serviceError(name, 400, message)).kind).toBe(classifyFault(serviceError(name)).kind);
      })
    );
  });

  test('any name and status is some kind of fault, and every unknown refusal is worth a retry', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 400, max: 599 }), (name, status) => {
        fc.pre(
          !KNOWN_FAULT_NAMES.includes(name) &&
            !['Error', 'Unknown', 'UnknownError', ''].includes(name) &&
            status !== 501
        );

        const fault = classifyFault(serviceError(name, status));

        expect(fault.kind).toBe(status >= 500 ? 'trouble' : 'unknown');
        expect(outcome(fault, 'none')).toBe('throttled');
      })
    );
  });
});

describe('what a fault tells', () => {
  test('is name, message, hint, status and the id of the request', () => {
    const err = new SnapshotQuotaExceededFault({
      message: 'too many',
      $metadata: { httpStatusCode: 400, requestId: 'r-1' },
    });

    const fault = classifyFault(err);

    expect(fault).toEqual({
      name: 'SnapshotQuotaExceededFault',
      kind: 'quota',
      message: 'too many',
      hint: expect.stringContaining('20 manual snapshots') as string,
      httpStatus: 400,
      requestId: 'r-1',
    });
    expect(judgeFault(fault, 'none')).toEqual({
      verdict: 'wait',
      pace: 'quota',
      reason: 'SnapshotQuotaExceededFault',
      message: 'SnapshotQuotaExceededFault: too many',
      hint: fault.hint,
      requestId: 'r-1',
    });
  });

  test('of a final refusal is its type, and no request id where AWS gave none', () => {
    const verdict = judgeFault(classifyFault(serviceError('SnapshotNotFoundFault', 404, 'no such')), 'none');

    expect(verdict).toEqual({
      verdict: 'final',
      type: 'SnapshotNotFoundFault',
      message: 'SnapshotNotFoundFault: no such',
      hint: expect.stringContaining('region') as string,
    });
  });
});

function outcome(fault: ReturnType<typeof classifyFault>, acceptance: 'none' | 'possible'): Outcome {
  const verdict = judgeFault(fault, acceptance);
  return verdict.verdict === 'wait' ? verdict.pace : verdict.verdict;
}

/** An error as the SDK throws it for an answer of the service. */
function serviceError(name: string, httpStatusCode = 400, message = 'refused'): Error {
  return Object.assign(named(name, new Error(message)), { $fault: 'client', $metadata: { httpStatusCode } });
}

function named(name: string, err: Error): Error {
  err.name = name;
  return err;
}

function coded(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

function withStatus(err: Error, httpStatusCode: number): Error {
  return Object.assign(err, { $metadata: { httpStatusCode } });
}

function garbled(): Error {
  return Object.assign(new SyntaxError('Unexpected token <'), { $response: {}, $metadata: { httpStatusCode: 200 } });
}

/** Node gives it a code, as it does to the network's errors. */
function invalidUrl(): unknown {
  try {
    return new URL('no endpoint');
  } catch (err) {
    return err;
  }
}

/** The SDK lists an operation's declared errors nowhere but in its documentation, which is made from the model. */
function errorsOf(operation: string): string[] {
  const root = dirname(dirname(require.resolve('@aws-sdk/client-memorydb')));
  const docs = readFileSync(join(root, 'dist-types', 'commands', `${operation}Command.d.ts`), 'utf8');
  return [...docs.matchAll(/@throws \{@link (\w+)\} \(\w+ fault\)/g)].map(([, name]) => name ?? '').sort();
}
