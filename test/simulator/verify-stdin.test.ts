import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { runShell, setExported, verifyAsJson, writeFiles } from './verify-stage';

// Each test starts several processes.

/** The file of a shard, and how the shell finds it: `$FILE`, and `$FOLDER` around it. */
async function setFile(): Promise<{ readonly path: string; readonly env: Record<string, string> }> {
  const { read } = await setExported();
  const file = await read('nightly-0001.rdb');
  const { 'a.rdb': path = '', 'b.rdb': behind = '' } = writeFiles({
    'a.rdb': file,
    'b.rdb': Buffer.concat([Buffer.from('12345'), file]),
  });
  return { path, env: { FILE: path, FOLDER: dirname(path), BEHIND: behind } };
}

const LEVELS = ['header', 'checksum', 'structure', 'deep'];

test('a file on stdin is read like one by name', async () => {
  const { path, env } = await setFile();

  for (const level of LEVELS) {
    const { stdout } = await runShell(`verify --json --level ${level} - < "$FILE"`, env);
    const byName = await verifyAsJson(['--level', level, path]);

    const objects = [{ ...byName.results[0]?.objects[0], name: 'stdin' }];
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: level === 'header' ? 3 : 0, results: [{ objects }] });
  }
});

test('of a file on stdin that somebody began to read, the rest is read', async () => {
  const { path, env } = await setFile();
  const { bytes } = (await verifyAsJson([path])).results[0]?.objects[0] ?? {};

  for (const level of LEVELS) {
    const skip = 'dd bs=5 count=1 of=/dev/null status=none';
    const { stdout } = await runShell(`{ ${skip}; verify --json --level ${level} -; } < "$BEHIND"`, env);

    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: level === 'header' ? 3 : 0,
      results: [{ objects: [{ bytes, magic: 'REDIS' }] }],
    });
  }
});

test.each([
  ['< "$FOLDER"', 'is a folder: name a file in it'],
  ['< /dev/null', 'is no file: name one'],
  ['<&-', 'is no file: name one'],
  ['0> "$FOLDER/out"', 'is not open for reading: redirect a file into the command with <, or name one'],
])(
  'what cannot be read is exit code 2, and a sentence says why and what to do: verify - %s',
  async (from, sentence) => {
    const { env } = await setFile();

    for (const level of LEVELS) {
      const ended = await runShell(`verify -q --level ${level} - ${from}`, env);

      expect(ended).toEqual({ code: 2, stdout: `stdin ${sentence}\n`, stderr: '' });
    }
  }
);

test.skipIf(spawnSync('script', ['--version']).status !== 0)('a terminal is not waited for', async () => {
  const line = `script -qec '"$NODE" "$MAIN" verify -q -' /dev/null`;

  const { code, stdout } = await runShell(line);

  expect([code, stdout.trim()]).toEqual([2, 'stdin is a terminal: pipe a file into the command, or name one']);
});
