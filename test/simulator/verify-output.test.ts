import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runShell, setExported, writeFiles } from './verify-stage';

// Each test starts several processes.

/** The device that is always full is there on Linux alone. */
const onLinux = test.skipIf(process.platform !== 'linux');

/** A sound file and one that is cut, as the shell finds them. */
async function setFiles(): Promise<{ readonly GOOD: string; readonly BAD: string; readonly OUT: string }> {
  const { read } = await setExported();
  const file = await read('nightly-0001.rdb');
  const { good = '', bad = '', out = '' } = writeFiles({ good: file, bad: file.subarray(0, -20), out: '' });
  return { GOOD: good, BAD: bad, OUT: out };
}

const noSpace = 'the report cannot be written: ENOSPC: no space left on device, write\n';

onLinux.each([
  ['"$GOOD"', 2],
  ['--json "$GOOD"', 2],
  ['--level header "$GOOD"', 2],
  ['"$BAD"', 1],
  ['-q "$GOOD" "$BAD"', 1],
  ['--json "$BAD"', 1],
  ['"$GOOD" "$BAD" "$GOOD"', 1],
])('a report that cannot be written is told once, and hides nothing: %s is exit code %i', async (args, code) => {
  const ended = await runShell(`verify ${args} > /dev/full`, await setFiles());

  expect(ended).toEqual({ code, stdout: '', stderr: noSpace });
});

onLinux('with --quiet and nothing to say, nothing is written', async () => {
  expect(await runShell('verify -q "$GOOD" > /dev/full', await setFiles())).toMatchObject({ code: 0, stderr: '' });
});

onLinux('a report of which a part alone could be written is no report', async () => {
  const files = await setFiles();

  const ended = await runShell('ulimit -f 1; verify --json "$GOOD" "$GOOD" "$GOOD" > "$OUT"', files);

  expect(readFileSync(files.OUT)).toHaveLength(1_024);
  expect(ended).toEqual({
    code: 2,
    stdout: '',
    stderr: 'the report cannot be written: EFBIG: file too large, write\n',
  });
});

test('whoever has read enough of it is not told, and the exit code stays', async () => {
  const files = await setFiles();
  const read = (args: string) => runShell(`verify ${args} | head -1; exit "\${PIPESTATUS[0]}"`, files);
  const many = Array.from({ length: 50 }, () => '"$GOOD"').join(' ');

  expect(await read(many)).toEqual({ code: 0, stdout: `${files.GOOD}: verified\n`, stderr: '' });
  expect(await read(`${many} "$BAD"`)).toEqual({ code: 1, stdout: `${files.GOOD}: verified\n`, stderr: '' });
});

test('a report to a file is written behind what is there', async () => {
  const files = await setFiles();

  await runShell('echo before > "$OUT"; verify "$GOOD" "$GOOD" >> "$OUT"; echo after >> "$OUT"', files);

  const lines = readFileSync(files.OUT, 'utf8').split('\n');
  expect([lines[0], lines.filter((line) => line === `${files.GOOD}: verified`).length, lines.at(-2)]).toEqual([
    ...['before', 2, 'after'],
  ]);
});
