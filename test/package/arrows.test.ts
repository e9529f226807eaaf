import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { ROOMS } from '../../eslint.arrows.mjs';

const CHECKOUT = join(__dirname, '..', '..');
const NAMES = Object.keys(ROOMS);

/** One of every kind that the package could think of. */
const PACKAGES = [
  '@aws-sdk/client-memorydb',
  '@aws-sdk/client-s3',
  '@smithy/types',
  '@temporalio/activity',
  '@temporalio/client',
  '@temporalio/common',
  '@temporalio/envconfig',
  '@temporalio/testing',
  '@temporalio/worker',
  '@temporalio/workflow',
  'commander',
  'ms',
  'node:crypto',
  'node:fs',
  'fs',
  'zod',
];

/** What may never change without a word: the rooms' lists are the place to say the rest. */
const FORBIDDEN: readonly (readonly [room: string, packages: RegExp])[] = [
  ['contract', /^(?!@temporalio\/common$)/],
  ['workflows', /^(?!@temporalio\/(common|workflow)$)/],
  ['aws', /^@temporalio\//],
  ['testing', /^@temporalio\//],
  ['activities', /^(@aws-sdk|@smithy)\/|^@temporalio\/(worker|client|workflow)$/],
  ['index.ts', /^/],
];

describe('imports between rooms', () => {
  test.for(NAMES)('of %s are those that its row lists', async (room) => {
    const reported = await findReported('import-x/no-restricted-paths', room, NAMES, (other) => pathTo(room, other));

    const listed = [room, ...(ROOMS[room]?.rooms ?? [])];
    expect(reported).toEqual(NAMES.filter((other) => !listed.includes(other)));
  });

  test.for([
    ['import type { x } from "../aws/faults";', 'import-x/no-restricted-paths'],
    ['export * from "../aws/faults";', 'import-x/no-restricted-paths'],
    ['export { x } from "../aws/faults.js";', 'import-x/no-restricted-paths'],
    ['const x = require("../aws/faults");', 'import-x/no-restricted-paths'],
    ['const x = import("../aws/faults");', 'import-x/no-restricted-paths'],
    ['import { x } from "../deeper/../aws/faults";', 'import-x/no-restricted-paths'],
    ['type X = import("../aws/faults").Fault;', 'no-restricted-syntax'],
  ] as const)('are seen in %s', async ([code, rule]) => {
    expect(await rulesBroken('contract/planted.ts', code)).toEqual([rule]);
  });

  test('are seen from a folder of a room, too', async () => {
    expect(await rulesBroken('contract/deeper/planted.ts', 'import "../../aws/faults";')).toEqual([
      'import-x/no-restricted-paths',
    ]);
    expect(await rulesBroken('contract/deeper/planted.ts', 'import "../request";')).toEqual([]);
  });
});

describe('imports of packages', () => {
  const restricted = NAMES.filter((room) => ROOMS[room]?.packages !== undefined);

  test.for(restricted)('of %s are those that its row lists', async (room) => {
    const reported = await findReported('no-restricted-imports', room, PACKAGES);

    const patterns = (ROOMS[room]?.packages ?? []).map((pattern) => new RegExp(`^${pattern}`));
    expect(reported).toEqual(PACKAGES.filter((name) => !patterns.some((pattern) => pattern.test(name))));
  });

  test.for(FORBIDDEN)('of %s never are %s', async ([room, packages]) => {
    const unwanted = PACKAGES.filter((name) => packages.test(name));

    expect(await findReported('no-restricted-imports', room, unwanted)).toEqual(unwanted);
  });

  test.for([
    ['import type { x } from "@aws-sdk/client-memorydb";', 'no-restricted-imports'],
    ['export * from "@aws-sdk/client-memorydb";', 'no-restricted-imports'],
    ['import x = require("@aws-sdk/client-memorydb");', 'no-restricted-imports'],
    ['const x = require("@aws-sdk/client-memorydb");', 'no-restricted-syntax'],
    ['const x = import("@aws-sdk/client-memorydb");', 'no-restricted-syntax'],
    ['type X = import("@aws-sdk/client-memorydb").Snapshot;', 'no-restricted-syntax'],
  ] as const)('are seen in %s', async ([code, rule]) => {
    expect(await rulesBroken('contract/planted.ts', code)).toEqual([rule]);
  });
});

describe('the environment', () => {
  const readers = ['const x = process.env.X;', 'const x = process["env"];', 'const { env } = process;'];

  test.for([
    ['config.ts', []],
    ['cli/planted.ts', ['no-restricted-syntax']],
    ['worker.ts', ['no-restricted-syntax']],
    ['aws/planted.ts', ['no-restricted-syntax']],
    ['contract/planted.ts', ['no-restricted-syntax']],
  ] as const)('read in %s breaks %j', async ([file, rules]) => {
    for (const code of readers) expect(await rulesBroken(file, code)).toEqual(rules);
  });

  test('cannot be imported', async () => {
    expect(await rulesBroken('aws/planted.ts', 'import { env } from "node:process";')).toEqual([
      'no-restricted-syntax',
    ]);
  });
});

describe('the end of the process', () => {
  const enders = ['process.exit(1);', 'process["exit"](1);', 'const { exit } = process;'];

  test.for([
    ['cli/planted.ts', []],
    ['config.ts', ['no-restricted-syntax']],
    ['worker.ts', ['no-restricted-syntax']],
    ['testing/planted.ts', ['no-restricted-syntax']],
  ] as const)('called in %s breaks %j', async ([file, rules]) => {
    for (const code of enders) expect(await rulesBroken(file, code)).toEqual(rules);
  });

  test('is not the exit code: that may be set anywhere', async () => {
    expect(await rulesBroken('worker.ts', 'process.exitCode = 1;')).toEqual([]);
  });
});

test('every entry of src/ is a room with a row of its own', () => {
  expect([...NAMES].sort()).toEqual(readdirSync(join(CHECKOUT, 'src')).sort());
});

const eslint = new ESLint({ cwd: CHECKOUT, overrideConfigFile: join(CHECKOUT, 'eslint.arrows.mjs') });

async function rulesBroken(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(CHECKOUT, 'src', file) });
  return result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? [];
}

/** Plants one import per line, and tells which ones the rule reported. */
async function findReported(
  rule: string,
  room: string,
  things: readonly string[],
  specifier = (thing: string) => thing
): Promise<string[]> {
  const code = things.map((thing) => `import ${JSON.stringify(specifier(thing))};`).join('\n');
  const file = room.endsWith('.ts') ? room : `${room}/planted.ts`;
  const [result] = await eslint.lintText(code, { filePath: join(CHECKOUT, 'src', file) });
  const lines = new Set(result?.messages.filter(({ ruleId }) => ruleId === rule).map(({ line }) => line));
  return things.filter((_, i) => lines.has(i + 1));
}

/** A module that is really there: the rule says nothing of those that cannot be found. */
function pathTo(room: string, other: string): string {
  const module = other.endsWith('.ts') ? other : `${other}/${someFileOf(other)}`;
  return `${room.endsWith('.ts') ? './' : '../'}${module.replace(/\.ts$/, '')}`;
}

function someFileOf(room: string): string {
  const folder = join(CHECKOUT, 'src', room);
  if (existsSync(join(folder, 'index.ts'))) return 'index.ts';
  const file = readdirSync(folder).find((name) => name.endsWith('.ts'));
  if (file === undefined) throw new Error(`no file in ${folder}`);
  return file;
}
