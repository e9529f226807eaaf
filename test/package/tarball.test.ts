import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startDevServer } from '../../scripts/servers/start-dev-server.mjs';
import { installPacked, readPackedManifest } from '../support/consumers/install-packed';
import { CHECKOUT, PACKAGE, writeFiles } from '../support/consumers/temp-folder';
import { describeWith, temporalCli } from '../support/temporal-servers';

const CONSUMERS = join(CHECKOUT, 'test', 'support', 'consumers');

/** What users import: a name that goes away here breaks them. */
const EXPORTS = {
  '.': [
    'CopySnapshotErrors',
    'DEFAULT_PACES',
    'DEFAULT_TASK_QUEUE',
    'MemoryDBSnapshotPlugin',
    'SnapshotFailureTypes',
    'closeSnapshotActivities',
    'createSnapshotActivities',
    'findSnapshotFailure',
    'getSnapshotJob',
    'isSnapshotCancelled',
    'isSnapshotFailure',
    'requestHash',
    'startSnapshotJob',
    'workflowsPath',
  ],
  './workflows': [
    'childJob',
    'copyMemoryDBSnapshot',
    'exportMemoryDBSnapshot',
    'isSnapshotCancelled',
    'isSnapshotFailure',
    'latestSnapshot',
    'progressQuery',
    'runSnapshotJob',
    'scheduledTime',
  ],
  './activities': ['closeSnapshotActivities', 'createSnapshotActivities', 'workflowsPath'],
  './contract': [
    'ACTIVITY_PREFIX',
    'CopySnapshotErrors',
    'DEFAULT_PACES',
    'SnapshotFailureTypes',
    'activityType',
    'describeProblem',
    'findProblems',
    'findSnapshotFailure',
    'isSnapshotCancelled',
    'isSnapshotFailure',
    'jobId',
    'nextDelayMs',
  ],
  './testing': ['MemoryDBSimulator'],
  './rdb': [
    'EMPTY_CRC64',
    'HEAD_LENGTH',
    'REASONS',
    'SLOT_COUNT',
    'TAIL_LENGTH',
    'combineCrc64',
    'containsSlot',
    'crc64',
    'crc64Hex',
    'formatSlots',
    'judgeHeader',
    'openScan',
    'parseSlots',
    'readHead',
    'readTail',
    'resumes',
    'slotOf',
    'slotsCover',
  ],
};

/** What `program.ts` prints. */
const PROGRAM_SAYS = `${JSON.stringify({ plugin: PACKAGE, problems: [], region: 'us-east-1' })}\n`;

/** What a worker logs once it can work. */
const POLLING = '"worker is polling"';

/** A package that compiled code or its types refer to; Node's own modules have a colon, ours begin with a dot. */
const IMPORTS = /(?:require\(|from |import\()["']((?:@[\w.-]+\/)?[\w-][\w.-]*)(?=["'/])/g;

let folder: string;
let installed: string;
let command: string;
let packed: string[];

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-lane-')));
  installed = join(folder, 'node_modules', PACKAGE);
  packed = installPacked(folder);
  command = linkCommand();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  test('holds what src/ compiles to, src/ itself, and the papers', () => {
    const sources = listFiles(join(CHECKOUT, 'src')).filter((file) => file.endsWith('.ts'));
    const compiled = sources.flatMap((file) =>
      ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((ending) => `lib/${file.replace(/\.ts$/, ending)}`)
    );
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'manifest.schema.json', 'package.json'];

    expect(packed).toEqual([...papers, ...sources.map((file) => `src/${file}`), ...compiled].sort());
  });

  test('names no folder of the machine that packed it', () => {
    const places = [CHECKOUT, realpathSync(CHECKOUT), `${homedir()}/`, `${tmpdir()}/`];

    const telling = packed.filter((file) => {
      const text = readFileSync(join(installed, file), 'utf8');
      return places.some((place) => text.includes(place));
    });

    expect(telling).toEqual([]);
  });

  test('has source maps that lead to what is in it', () => {
    const maps = packed.filter((file) => file.endsWith('.map'));

    const lost = maps.filter((file) => {
      const { sources } = JSON.parse(readFileSync(join(installed, file), 'utf8')) as { sources: string[] };
      return !sources.every((source) => existsSync(join(installed, dirname(file), source)));
    });

    expect(maps.length).toBeGreaterThan(0);
    expect(lost).toEqual([]);
  });

  test('imports nothing that package.json does not ask for, in code and in types', () => {
    const { dependencies, peerDependencies } = readPackedManifest(folder);
    const asked = [PACKAGE, ...Object.keys(dependencies), ...Object.keys(peerDependencies)];

    const imported = packed
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => [...readFileSync(join(installed, file), 'utf8').matchAll(IMPORTS)])
      .map(([, name]) => name ?? '');

    expect(imported).toContain('@temporalio/common');
    expect([...new Set(imported)].filter((name) => !asked.includes(name))).toEqual([]);
  });
});

describe('installed, the package', () => {
  test.for(['exports.cjs', 'exports.mjs'])('gives these names to %s, and no others', (consumer) => {
    const { output } = node(copyConsumer(consumer));

    const names = JSON.parse(output) as Record<string, string[]>;
    expect(Object.fromEntries(Object.entries(names).map(([path, some]) => [path, some.sort()]))).toEqual(EXPORTS);
  });

  test('has these subpaths, and no others', () => {
    const { output } = node(
      writeFiles(folder, {
        'subpaths.cjs': `
          const open = (path) => { try { return typeof require(path); } catch (err) { return err.code; } };
          console.log(JSON.stringify(['/package.json', '/lib/index.js', '/plugin'].map((path) => open('${PACKAGE}' + path))));`,
      })
    );

    expect(JSON.parse(output)).toEqual(['object', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);
  });

  test.for<readonly [resolution: string, programs: readonly string[], options: object]>([
    ['node16', ['program.ts', 'program.mts'], { module: 'node16' }],
    ['nodenext', ['program.ts', 'program.mts'], { module: 'nodenext' }],
    ['node10', ['program.ts'], { module: 'commonjs', ignoreDeprecations: '6.0' }],
  ])(
    'compiles with moduleResolution %s, in types that stand on their own, and runs',
    ([resolution, programs, more]) => {
      const home = mkdtempSync(join(folder, 'typescript-'));
      const paths = programs.map((program) => join(home, program));
      for (const path of paths) copyFileSync(join(CONSUMERS, 'program.ts'), path);

      const complaints = compile(paths, { moduleResolution: resolution, ...more });
      const told = paths.map((path) => node(path.replace(/ts$/, 'js')));

      expect(complaints).toEqual([]);
      expect(told).toEqual(programs.map(() => ({ output: PROGRAM_SAYS, status: 0 })));
    }
  );

  test.for([
    [['--help'], /^Usage: memorydb-snapshots /],
    [['worker', '--help'], /SNAPSHOTS_LOG_LEVEL/],
  ] as const)('has a command that runs with %j, without what the worker alone needs', ([args, text]) => {
    const { stdout, status } = spawnSync(command, args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE_OPTIONS: `--require "${writeRefusal('@temporalio/worker')}"` },
    });

    expect(status).toBe(0);
    expect(stdout).toMatch(text);
  });

  test('has a worker that says what it cannot work with', () => {
    const env = { PATH: process.env['PATH'], SNAPSHOTS_OWNR: 'acme', SNAPSHOTS_LOG_LEVEL: 'loud' };

    const { stdout, stderr, status } = spawnSync(command, ['worker'], { encoding: 'utf8', env });

    expect([stdout, status]).toEqual(['', 2]);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'ERROR',
      message: expect.stringMatching(/^SNAPSHOTS_LOG_LEVEL "loud".*SNAPSHOTS_OWNR/) as string,
    });
  });

  test('has workflows that a user’s own bundle can hold, without a complaint of the plugin', () => {
    const script = writeFiles(folder, {
      'bundle.cjs': `
        const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');
        const { MemoryDBSnapshotPlugin } = require('${PACKAGE}');
        const logger = new DefaultLogger('WARN', ({ message }) => console.log(message));
        const plugins = [new MemoryDBSnapshotPlugin()];
        bundleWorkflowCode({ workflowsPath: require.resolve('./workflows.js'), logger, plugins })
          .then(({ code }) => console.log(code.includes('copyMemoryDBSnapshot')));`,
      'workflows.js': `export { copyMemoryDBSnapshot } from '${PACKAGE}/workflows';`,
    });

    expect(node(script)).toMatchObject({ output: 'true\n', status: 0 });
  });

  test('leaves the Runtime to the program where its plugin complains of a bundle', () => {
    const script = writeFiles(folder, {
      'complain.cjs': `
        const { bundleWorkflowCode, Runtime } = require('@temporalio/worker');
        const { MemoryDBSnapshotPlugin } = require('${PACKAGE}');
        const plugins = [new MemoryDBSnapshotPlugin()];
        bundleWorkflowCode({ workflowsPath: require.resolve('./forgotten.js'), plugins })
          .then(() => console.log(typeof Runtime.install({})));`,
      'forgotten.js': 'export async function theirs() {}',
    });

    expect(node(script)).toMatchObject({ output: 'object\n', status: 0 });
  });
});

describeWith('Temporal CLI', 'installed, the worker', () => {
  test('polls, and ends when it is told to', async () => {
    const server = await startDevServer(temporalCli());
    onTestFinished(server.stop);
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, TEMPORAL_ADDRESS: server.address, AWS_REGION: 'eu-central-1' };

    const worker = spawn(command, ['worker'], { env, stdio: ['ignore', 'inherit', 'pipe'] });
    onTestFinished(() => {
      worker.kill('SIGKILL');
    });
    const closed = once(worker, 'close');
    let log = '';
    for await (const text of worker.stderr.setEncoding('utf8') as AsyncIterable<string>) {
      const before = log;
      log += text;
      if (!before.includes(POLLING) && log.includes(POLLING)) worker.kill('SIGTERM');
    }

    expect(await closed, log).toEqual([0, null]);
    expect(log).toContain('"taskQueue":"memorydb-snapshots"');
  });
});

/** Puts the command where npm puts it. */
function linkCommand(): string {
  const target = join(installed, 'lib', 'cli', 'main.js');
  const link = join(folder, 'node_modules', '.bin', 'memorydb-snapshots');
  mkdirSync(dirname(link), { recursive: true });
  chmodSync(target, 0o755);
  symlinkSync(target, link);
  return link;
}

/** A module for `--require` that makes every load of a package fail. */
function writeRefusal(name: string): string {
  return writeFiles(folder, {
    'refuse.cjs': `
      const Module = require('node:module');
      const load = Module._load;
      Module._load = (request, ...more) => {
        if (request === '${name}') throw new Error('${name} is loaded');
        return load(request, ...more);
      };`,
  });
}

/** Compiles programs beside themselves; gives back the compiler's complaints about them and about our own types. */
function compile(paths: readonly string[], options: object): string[] {
  const json = { target: 'es2022', strict: true, types: ['node'], ...options };
  const { options: settings, errors } = ts.convertCompilerOptionsFromJson(json, folder);
  const program = ts.createProgram(paths, settings);
  // One by one: to emit the whole program would check all that it uses, down to Temporal's and AWS's own types.
  for (const path of paths) program.emit(program.getSourceFile(path));
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  const found = ours.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  return [...errors, ...program.getOptionsDiagnostics(), ...found].map(
    ({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  );
}

function copyConsumer(name: string): string {
  const path = join(folder, name);
  copyFileSync(join(CONSUMERS, name), path);
  return path;
}

function node(script: string, args: readonly string[] = []): { output: string; status: number | null } {
  // The AWS SDK warns of Node 20 on stderr.
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });
  return { output: status === 0 ? stdout : stdout + stderr, status };
}

function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/')
    );
}
