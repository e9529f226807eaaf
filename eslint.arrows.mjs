import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * Which room may import from which, and which packages: the one place that says so. A room is a folder or a file of
 * `src/`; `packages` are regular expressions, and a room without them may use any.
 *
 * @type {Record<string, { readonly rooms: readonly string[], readonly packages?: readonly string[] }>}
 */
export const ROOMS = {
  'request-hash.ts': { rooms: ['contract'], packages: ['node:crypto'] },
  contract: { rooms: ['rdb'], packages: ['@temporalio/common'] },
  workflows: { rooms: ['contract'], packages: ['@temporalio/workflow', '@temporalio/common'] },
  aws: {
    rooms: ['contract', 'request-hash.ts', 'rdb'],
    packages: ['zod', '@aws-sdk/', '@smithy/', 'https?-proxy-agent', 'proxy-from-env', 'node:'],
  },
  activities: {
    rooms: ['contract', 'request-hash.ts', 'aws', 'rdb'],
    packages: ['@temporalio/activity', '@temporalio/common', 'node:'],
  },
  'workflow-check.ts': { rooms: [], packages: ['@temporalio/worker', 'node:'] },
  'plugin.ts': { rooms: ['contract', 'activities', 'workflow-check.ts'], packages: ['@temporalio/worker', 'node:'] },
  'watch-job.ts': { rooms: ['contract'], packages: ['@temporalio/client', '@temporalio/common', 'node:'] },
  'jobs.ts': { rooms: ['contract', 'request-hash.ts', 'watch-job.ts'], packages: ['@temporalio/client', 'node:'] },
  'config.ts': { rooms: ['contract'], packages: ['zod'] },
  'node-version-warning.ts': { rooms: [], packages: [] },
  'worker.ts': { rooms: ['node-version-warning.ts', 'contract', 'activities', 'plugin.ts', 'config.ts', 'jobs.ts'] },
  rdb: { rooms: [], packages: [] },
  testing: { rooms: [], packages: ['@aws-sdk/', '@smithy/', 'ms$', 'node:'] },
  cli: {
    rooms: ['contract', 'rdb', 'aws', 'jobs.ts', 'testing', 'worker.ts', 'node-version-warning.ts'],
    packages: ['commander', 'node:'],
  },
  'index.ts': {
    rooms: ['contract', 'activities', 'plugin.ts', 'jobs.ts', 'watch-job.ts', 'request-hash.ts'],
    packages: [],
  },
};

const glob = (/** @type {string} */ room) => (room.endsWith('.ts') ? `src/${room}` : `src/${room}/**/*.ts`);

const zones = Object.entries(ROOMS).map(([room, { rooms }]) => ({
  target: `./src/${room}`,
  from: './src',
  except: [room, ...rooms].map((other) => `./${other}`),
  message: `${room} imports from ${rooms.length === 0 ? 'no other room' : rooms.join(', ')} only.`,
}));

const packageRules = Object.entries(ROOMS).flatMap(([room, { packages }]) =>
  packages === undefined
    ? []
    : [
        {
          files: [glob(room)],
          rules: {
            'no-restricted-imports': /** @type {import('eslint').Linter.RuleEntry} */ ([
              'error',
              {
                patterns: [
                  {
                    regex: `^(?!${['\\.', ...packages].join('|')})`,
                    message: `${room} uses these packages only: ${packages.join(', ') || 'none'}.`,
                  },
                ],
              },
            ]),
          },
        },
      ]
);

/** `process.env`, `process['env']` and `const { env } = process`. */
const ofProcess = (/** @type {string} */ property, /** @type {string} */ message) =>
  [
    `MemberExpression[object.name="process"]:matches([property.name="${property}"], [property.value="${property}"])`,
    `VariableDeclarator[init.name="process"] Property[key.name="${property}"]`,
  ].map((selector) => ({ selector, message }));
const NO_ENV = ofProcess('env', 'Only config.ts reads the environment.');
const NO_EXIT = ofProcess('exit', 'Only the command ends the process.');

/** What the other rules do not see. */
const NO_WAY_ROUND = [
  {
    selector: ':matches(ImportExpression, CallExpression[callee.name="require"]) > Literal[value=/^[^.]/]',
    message: 'Import packages at the top of the file: there the rooms are checked.',
  },
  { selector: 'TSImportType', message: 'Import types at the top of the file: there the rooms are checked.' },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/]',
    message: 'Use the global process: there its env and exit are checked.',
  },
];

/** The arrows alone, without type information: what the planted violations run against. */
export default tseslint.config(
  {
    files: ['src/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })] },
    rules: { 'import-x/no-restricted-paths': ['error', { zones }] },
  },
  ...packageRules,
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts', 'src/node-version-warning.ts', 'src/cli/**'],
    rules: { 'no-restricted-syntax': ['error', ...NO_WAY_ROUND, ...NO_ENV, ...NO_EXIT] },
  },
  {
    files: ['src/config.ts', 'src/node-version-warning.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NO_WAY_ROUND, ...NO_EXIT] },
  },
  { files: ['src/cli/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...NO_WAY_ROUND, ...NO_ENV] } }
);
