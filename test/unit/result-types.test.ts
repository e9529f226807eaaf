import type { Client } from '@temporalio/client';
import { executeChild, startChild } from '@temporalio/workflow';
import { startSnapshotJob } from 'temporal-memorydb-snapshots';
import type {
  CopyResult,
  CopySnapshotInput,
  CopySnapshotResult,
  ExportResult,
} from 'temporal-memorydb-snapshots/contract';
import {
  childJob,
  copyMemoryDBSnapshot,
  exportMemoryDBSnapshot,
  runSnapshotJob,
} from 'temporal-memorydb-snapshots/workflows';
import { describe, expectTypeOf, test } from 'vitest';

const names = { SourceSnapshotName: 'a', TargetSnapshotName: 'b' };
const copy = { request: names };
const plainCopy = { request: { ...names, TargetBucket: null } };
const anExport = { request: { ...names, TargetBucket: 'acme-backups' } };
declare const either: CopySnapshotInput;
declare const client: Client;

/* The compiler runs these tests: nothing in them is called. */
describe('a request without a bucket gives a copy, and one with a bucket an export', () => {
  test('where a parent runs a job', () => {
    expectTypeOf(() => runSnapshotJob(copy)).returns.resolves.toEqualTypeOf<CopyResult>();
    expectTypeOf(() => runSnapshotJob(plainCopy)).returns.resolves.toEqualTypeOf<CopyResult>();
    expectTypeOf(() => runSnapshotJob(anExport)).returns.resolves.toEqualTypeOf<ExportResult>();
    expectTypeOf(() => runSnapshotJob(either)).returns.resolves.toEqualTypeOf<CopySnapshotResult>();
  });

  test('where a parent runs the child itself', () => {
    expectTypeOf(() => executeChild(copyMemoryDBSnapshot, childJob(copy))).returns.resolves.toEqualTypeOf<CopyResult>();
    expectTypeOf(() =>
      executeChild(exportMemoryDBSnapshot, childJob(anExport))
    ).returns.resolves.toEqualTypeOf<ExportResult>();
    // @ts-expect-error an export has another result: exportMemoryDBSnapshot tells it
    expectTypeOf(() => executeChild(copyMemoryDBSnapshot, childJob(anExport))).toBeFunction();
    // @ts-expect-error an export needs a bucket
    expectTypeOf(() => startChild(exportMemoryDBSnapshot, childJob(copy))).toBeFunction();
  });

  test('where it is called inside a workflow', () => {
    expectTypeOf(() => copyMemoryDBSnapshot(copy)).returns.resolves.toEqualTypeOf<CopyResult>();
    expectTypeOf(() => copyMemoryDBSnapshot(anExport)).returns.resolves.toEqualTypeOf<ExportResult>();
  });

  test('where a client starts it', () => {
    const resultOf = <Result>(job: Promise<{ result(): Promise<Result> }>) => job.then((started) => started.result());
    expectTypeOf(() => resultOf(startSnapshotJob(client, copy))).returns.resolves.toEqualTypeOf<CopyResult>();
    expectTypeOf(() => resultOf(startSnapshotJob(client, anExport))).returns.resolves.toEqualTypeOf<ExportResult>();
    expectTypeOf(() => resultOf(startSnapshotJob(client, either))).returns.resolves.toEqualTypeOf<CopySnapshotResult>();
  });
});
