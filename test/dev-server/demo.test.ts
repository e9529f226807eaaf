import { expect } from 'vitest';
import { z } from 'zod';
import { test } from '../support/processes';
import { describeWith } from '../support/temporal-servers';

const resultSchema = z.strictObject({
  copy: z.looseObject({
    kind: z.literal('copy'),
    adopted: z.boolean(),
    snapshot: z.looseObject({ Status: z.string() }),
    workflowId: z.string(),
    historyEvents: z.number(),
    polls: z.number(),
    acceptedCopies: z.number(),
    awsCalls: z.record(z.string(), z.number()),
  }),
});

const DEMO = 'scripts/demo.mjs';

describeWith('Temporal CLI', 'the demo', () => {
  test.concurrent('prints its result alone with --json, and leaves no process behind', async ({ startProgram }) => {
    const running = startProgram(DEMO, ['--json']);

    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.isAlive()).toBe(false);
    expect(running.stdout.trim().split('\n')).toHaveLength(1);
    const { copy } = resultSchema.parse(JSON.parse(running.stdout));
    expect(copy).toMatchObject({
      adopted: true,
      snapshot: { Status: 'available' },
      historyEvents: 23,
      acceptedCopies: 1,
      awsCalls: { CopySnapshot: 2 },
    });
    expect(copy.polls).toBeGreaterThan(1);
    expect(running.stderr).toContain(`/workflows/${encodeURIComponent(copy.workflowId)}`);
  });

  test.concurrent.for([
    { moment: 'Temporal dev server at', signal: 'SIGINT', code: 130 },
    { moment: 'ThrottlingException', signal: 'SIGTERM', code: 143 },
    { moment: 'is creating', signal: 'SIGINT', code: 130 },
  ] as const)(
    'ends with everything it started on $signal at "$moment"',
    async ({ moment, signal, code }, { startProgram }) => {
      const running = startProgram(DEMO);
      await running.printed(moment);

      const told = performance.now();
      running.signal(signal);

      expect(await running.ended).toEqual({ code, signal: null });
      expect(performance.now() - told).toBeLessThan(5_000);
      expect(running.isAlive()).toBe(false);
    }
  );

  test.concurrent('stays up when it is asked to, and fails when its worker does', async ({ startProgram }) => {
    const running = startProgram(DEMO, ['--stay']);
    await running.printed('everything stays up until Ctrl-C');
    expect(running.stdout).toMatch(/CopySnapshot {2}sent 2 times, accepted once/);
    expect(running.stdout).toMatch(/history {7}23 events/);
    const [, ui = ''] = /(http:\/\/\S+\/workflows\/\S+)/.exec(running.stdout) ?? [];
    expect((await fetch(ui)).status).toBe(200);
    const [, worker] = /, worker (\d+)/.exec(running.stdout) ?? [];

    process.kill(Number(worker), 'SIGKILL');

    expect(await running.ended).toEqual({ code: 1, signal: null });
    expect(running.stderr).toContain('the worker ended');
    expect(running.isAlive()).toBe(false);
  });

  test.concurrent('says what it takes, and refuses what it does not', async ({ startProgram }) => {
    const [help, unknown] = [startProgram(DEMO, ['--help']), startProgram(DEMO, ['--jsn'])];

    expect(await help.ended).toEqual({ code: 0, signal: null });
    expect(help.stdout).toContain('--json');
    expect(await unknown.ended).toEqual({ code: 2, signal: null });
    expect(unknown.stderr).toContain('--jsn');
  });
});
