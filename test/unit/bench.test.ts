import { describe, expect, test } from 'vitest';
import {
  countActions,
  deriveHeartbeats,
  deriveJobHeartbeats,
  totalActions,
  type HistoryEvent,
} from '../../scripts/bench/actions.mjs';
import type { ExportRun } from '../../scripts/bench/exports.mjs';
import { deriveExportHeartbeats } from '../../scripts/bench/exports-heartbeats.mjs';
import { renderExportTable } from '../../scripts/bench/exports-report.mjs';
import { countHeartbeats } from '../../scripts/bench/heartbeat-meter.mjs';
import { readOptions } from '../../scripts/bench/options.mjs';
import { makeExportPlan, makePlan } from '../../scripts/bench/plan.mjs';
import { hasBlock, replaceBlock } from '../../scripts/bench/readme-block.mjs';
import { renderTable } from '../../scripts/bench/report.mjs';
import { requireRule } from '../../scripts/bench/short-runs.mjs';
import { median, summarize, type Row } from '../../scripts/bench/summary.mjs';
import { formatDelay } from '../../scripts/bench/table.mjs';

const MINUTE = 60_000;

/** An event as histories have it: a field for each type, all but one absent. */
const event = (type: string, attributes: object = {}): HistoryEvent => ({ [`${type}EventAttributes`]: attributes });

const started = event('workflowExecutionStarted');
const continued = event('workflowExecutionContinuedAsNew', { newExecutionRunId: 'next' });
const timer = [event('timerStarted'), event('timerFired')];
const workflowTask = [event('workflowTaskScheduled'), event('workflowTaskStarted'), event('workflowTaskCompleted')];
const activity = (attempt = 1) => [
  event('activityTaskScheduled'),
  event('activityTaskStarted', { attempt }),
  event('activityTaskCompleted'),
];

describe('billable actions', () => {
  test('of a job are its start, its activities, their further attempts and the heartbeats', () => {
    const events = [started, ...activity(), ...workflowTask, ...activity(), ...workflowTask, ...activity(9)];

    const actions = countActions(events, 11);

    expect(actions).toEqual({ starts: 1, activities: 3, retries: 8, timers: 0, heartbeats: 11 });
    expect(totalActions(actions)).toBe(23);
  });

  test('of a loop over a timer are its timers as well, and a start for each run', () => {
    const look = [...activity(), ...workflowTask, ...timer, ...workflowTask];
    const events = [started, ...activity(), ...look, ...look, continued, started, ...look, ...activity()];

    expect(countActions(events, 0)).toEqual({ starts: 2, activities: 5, retries: 0, timers: 3, heartbeats: 0 });
  });

  test.for([
    [0, 60_000, 1],
    [47_999, 60_000, 1],
    [48_000, 60_000, 2],
    [15 * MINUTE, 60_000, 19],
    [3 * MINUTE, 10 * MINUTE, 4], // the SDK sends one a minute at least
  ] as const)('an attempt of %d ms under a time-out of %d ms sends %d heartbeats', ([attemptMs, timeout, sent]) => {
    expect(deriveHeartbeats(attemptMs, timeout)).toBe(sent);
  });

  test("heartbeats of this package's job are one for the send and one for the wait, however often it looks", () => {
    const named = (name: string) => event('activityTaskScheduled', { activityType: { name } });
    const [inspect, start, wait] = ['InspectSource', 'StartCopy', 'AwaitCopy'].map((name) => named(`memorydb${name}`));
    const look = event('activityTaskStarted', { attempt: 40 });

    expect(deriveJobHeartbeats([started, inspect, start, wait, look].flatMap((one) => one ?? []))).toBe(2);
    expect(deriveJobHeartbeats([started, named('benchLook'), look])).toBe(0);
  });

  test.for<readonly [what: string, looksAt: readonly number[], objectsAt: readonly number[], sent: number]>([
    ['at once', [0], [0, 0, 0], 1],
    ['all at the end', [0, 1, 2, 3, 4, 5, 6, 7], [7, 7, 7], 2],
    ['one by one, and each is seen', [0, 10, 20, 30], [10, 20, 30], 4],
    ['one by one, between a few looks', [0, 100], [10, 20, 30], 2],
    ['one by one, in a wait of many looks', Array.from({ length: 50 }, (_, i) => i), [10, 20, 30], 4],
    ['never', [0, 1, 2, 3], [], 1],
  ])('heartbeats of an export whose objects appear %s', ([, looksAt, objectsAt, sent]) => {
    expect(deriveExportHeartbeats(looksAt, objectsAt)).toBe(sent);
  });

  test('the rule for heartbeats is held against what the SDK sent', () => {
    expect(() => requireRule('this package', 3, 2)).not.toThrow();
    expect(() => requireRule('this package', 8, 2)).toThrow('sent 8 heartbeats where the rule says 2');
  });

  test("heartbeats are read from the SDK's metrics", () => {
    const labels = (operation: string) =>
      `{namespace="default",operation="${operation}",service_name="temporal-core-sdk"}`;
    const metrics = [
      '# TYPE temporal_request counter',
      `temporal_long_request${labels('PollActivityTaskQueue')} 25`,
      `temporal_request${labels('RecordActivityTaskHeartbeat')} 11`,
      `temporal_request${labels('RecordActivityTaskHeartbeat').replace('default', 'other')} 2`,
      `temporal_request${labels('RespondActivityTaskFailed')} 8`,
    ].join('\n');

    expect(countHeartbeats(metrics)).toBe(13);
    expect(countHeartbeats('')).toBe(0);
  });
});

describe('the table', () => {
  const row = (
    way: Row['way'],
    copyTakesMs: number,
    counts: readonly [number, number, number],
    delays: [number, number]
  ) => ({
    way,
    copyTakesMs,
    awsCalls: counts[0],
    events: counts[1],
    actions: counts[2],
    noticedAfterMs: { median: delays[0], max: delays[1] },
  });

  test('names each duration once and has the lowest of a group in bold', () => {
    const table = renderTable([
      row('package', 15 * MINUTE, [48, 23, 89], [31_000, 96_400]),
      row('poll', 15 * MINUTE, [32, 17, 22], [900, 27_000]),
      row('package', 23 * 60 * MINUTE, [326, 23, 645], [151_000, 300_000]),
      row('timer-loop', 23 * 60 * MINUTE, [2_762, 30_360, 5_530], [15_000, 27_000]),
    ]);

    expect(table.split('\n')).toEqual([
      '| a copy of | waited for by                               | AWS calls | history events | billable actions | noticed after, median |    at most |',
      '| --------- | ------------------------------------------- | --------: | -------------: | ---------------: | --------------------: | ---------: |',
      '| 15 min    | this package                                |        48 |             23 |               89 |                  31 s | 1 min 36 s |',
      '|           | a look every 30 s, inside an activity       |    **32** |         **17** |           **22** |             **0.9 s** |   **27 s** |',
      '| 23 h      | this package                                |   **326** |         **23** |          **645** |            2 min 31 s |      5 min |',
      '|           | a 30 s timer and an activity, in a workflow |     2,762 |         30,360 |            5,530 |              **15 s** |   **27 s** |',
    ]);
  });

  test('has the medians of the runs and their longest delay', () => {
    const run = (noticedAfterMs: number, looks: number) => ({
      way: 'poll' as const,
      copyTakesMs: 15 * MINUTE,
      offsetMs: 0,
      calls: { CopySnapshot: 1, DescribeSnapshots: looks },
      events: 17,
      workflowRuns: 1,
      actions: { starts: 1, activities: 2, retries: 0, timers: 0, heartbeats: looks },
      noticedAfterMs,
    });

    expect(summarize([run(27_000, 32), run(3_000, 30), run(9_000, 31)])).toEqual([
      row('poll', 15 * MINUTE, [32, 17, 34], [9_000, 27_000]),
    ]);
    expect(() => median([])).toThrow('no values');
  });

  test.for([
    [40, '0.0 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [151_000, '2 min 31 s'],
  ] as const)('shows a delay of %d ms as %s', ([ms, shown]) => {
    expect(formatDelay(ms)).toBe(shown);
  });
});

describe('the table of exports', () => {
  const run = (
    shards: number,
    calls: ExportRun['calls'],
    historyBytes: number,
    delays: [number, number]
  ): ExportRun => ({
    shards,
    offsetMs: 0,
    calls,
    events: 29 + shards * 6,
    historyBytes,
    actions: { starts: 1, activities: 4 + shards, retries: 50, timers: 0, heartbeats: 2 },
    noticedAfterMs: delays[0],
    completeAfterMs: delays[1],
  });

  test('has a column for each number of shards, and the operations of MemoryDB first', () => {
    const table = renderExportTable([
      run(500, { CopySnapshot: 1, GetObject: 1_003 }, 869_946, [40_000, 60_000]),
      run(1, { GetObject: 5, CopySnapshot: 1 }, 7_285, [9_000, 9_100]),
      run(1, { GetObject: 5, CopySnapshot: 1, HeadBucket: 1 }, 7_285, [30_000, 31_000]),
      run(1, { GetObject: 7, CopySnapshot: 1, HeadBucket: 1 }, 7_285, [70_000, 90_000]),
    ]);

    expect(table.split('\n')).toEqual([
      '| an export of                      |    1 shard | 500 shards |',
      '| --------------------------------- | ---------: | ---------: |',
      '| MemoryDB: CopySnapshot            |          1 |          1 |',
      '| S3: GetObject                     |          5 |      1,003 |',
      '| S3: HeadBucket                    |          1 |          0 |',
      '| calls in all                      |          7 |      1,004 |',
      '| billable actions                  |         58 |        557 |',
      '| history events                    |         35 |      3,029 |',
      '| history size                      |       7 KB |     870 KB |',
      '| last object noticed after, median |       30 s |       40 s |',
      '| manifest complete after, median   |       31 s |      1 min |',
      '| manifest complete after, at most  | 1 min 30 s |      1 min |',
    ]);
  });
});

describe('the block in the README', () => {
  const README = '# Name\n\n<!-- bench:waiting -->\nold\n<!-- /bench:waiting -->\n\nmore\n';

  test('of one part is not that of another', () => {
    expect(hasBlock(README, 'exports')).toBe(false);
    expect(hasBlock(README.replaceAll('bench:waiting', 'bench:exports'), 'exports')).toBe(true);
  });

  test('is replaced, and nothing around it', () => {
    const replaced = replaceBlock(README, 'waiting', '| $& |\n');

    expect(replaced).toBe('# Name\n\n<!-- bench:waiting -->\n\n| $& |\n\n<!-- /bench:waiting -->\n\nmore\n');
    expect(replaceBlock(replaced, 'waiting', '| $& |\n')).toBe(replaced);
  });

  test.for([
    ['no markers', '# Name\n'],
    ['no end', '<!-- bench:waiting -->\n'],
    ['the end first', '<!-- /bench:waiting -->\n<!-- bench:waiting -->\n'],
    ['two of them', README + README],
  ] as const)('is not found with %s', ([, readme]) => {
    expect(hasBlock(readme, 'waiting')).toBe(false);
    expect(() => replaceBlock(readme, 'waiting', 'table')).toThrow('<!-- bench:waiting -->');
  });
});

describe('the options', () => {
  test('are all off unless asked for, and all parts run', () => {
    expect(readOptions([])).toEqual({
      parts: ['waiting', 'exports', 'verification'],
      quick: false,
      keep: false,
      json: false,
      write: false,
      help: false,
    });
    expect(readOptions(['--only', 'exports']).parts).toEqual(['exports']);
    expect(readOptions(['--quick', '--keep', '--json'])).toMatchObject({ quick: true, keep: true, json: true });
  });

  test.for([
    [['--fast'], '--fast'],
    [['more'], 'more'],
    [['--quick', '--write'], 'leave out --quick'],
    [['--only', 'copies'], 'waiting, exports and verification'],
  ] as const)('%j are refused', ([args, why]) => {
    expect(() => readOptions(args)).toThrow(why);
  });

  test('decide which exports are made', () => {
    expect(makeExportPlan({ quick: true })).toMatchObject({ shardCounts: [1, 3], offsets: [-15_000] });
    expect(makeExportPlan({ quick: false }).shardCounts).toEqual([1, 3, 90, 500]);
  });

  test('decide which copies are waited for', () => {
    const [quick, whole] = [makePlan({ quick: true }), makePlan({ quick: false })];

    expect(quick).toEqual({ durations: [15 * MINUTE, 30 * MINUTE], offsets: [-15_000], repeats: 1 });
    expect(whole.durations).toHaveLength(4);
    expect(whole.offsets.map((offset) => (offset + 5 * MINUTE) % 30_000).sort((a, b) => a - b)).toEqual([
      3_000, 9_000, 15_000, 21_000, 27_000,
    ]);
  });
});
