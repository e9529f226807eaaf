import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { CHECKOUT } from '../support/readme';

/** What an example may use without saying where it comes from: the packages' exports, and values of a reader's own. */
const CONTEXT = `
import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { executeChild } from '@temporalio/workflow';
import { closeSnapshotActivities, createSnapshotActivities, isSnapshotFailure, MemoryDBSnapshotPlugin } from 'temporal-memorydb-snapshots';
import { MemoryDBSimulator } from 'temporal-memorydb-snapshots/testing';
import { childJob, copyMemoryDBSnapshot, runSnapshotJob } from 'temporal-memorydb-snapshots/workflows';
declare const connection: NativeConnection;
declare const env: TestWorkflowEnvironment;
declare const request: { SourceSnapshotName: string; TargetSnapshotName: string };
declare const workflowsPath: string;
export async function example() {
`;

const FOLDER = join(CHECKOUT, 'test', 'support', 'readme', 'tsdoc');

/** The examples in comments of `src`, by the file that they are in. */
function findExamples(): (readonly [place: string, code: string])[] {
  return readdirSync(join(CHECKOUT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(CHECKOUT, 'src', file), 'utf8');
      return [...source.matchAll(/^ *\* @example\n((?: *\*(?!\/).*\n)+)/gm)].map(([, block = ''], i) => {
        const text = block.replace(/^ *\* ?/gm, '');
        return [`${file} ${i + 1}`, /^```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? `no fenced ts block: ${text}`] as const;
      });
    });
}

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

test('every example in a comment compiles', () => {
  const examples = findExamples();
  mkdirSync(FOLDER, { recursive: true });
  const files = examples.map(([, code], i) => {
    const path = join(FOLDER, `example-${i}.ts`);
    writeFileSync(path, `${CONTEXT}${code}\n}\n`);
    return path;
  });

  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node20,
    types: ['node'],
  });
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => [
      examples[files.indexOf(file?.fileName ?? '')]?.[0] ?? file?.fileName,
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    ]);

  expect(problems).toEqual([]);
  expect(examples.map(([place]) => place)).toContain(join('workflows', 'child-job.ts 1'));
  expect(examples.length).toBeGreaterThanOrEqual(6);
});
