import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { MemoryDBSnapshotPlugin } from 'temporal-memorydb-snapshots';
import { beforeAll, describe, expect, test } from 'vitest';
import { installQuietRuntime } from '../support/world';

const FOLDER = join(__dirname, 'histories');
const RECORDED = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

interface StoredHistory {
  events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

function readHistory(file: string): StoredHistory {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as StoredHistory;
}

describe('recorded histories', () => {
  beforeAll(installQuietRuntime);

  test('cover every way that a job ends', () => {
    const endings = new Set(RECORDED.map((file) => readHistory(file).events.at(-1)?.eventType));

    expect([...endings].sort()).toEqual([
      'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
    ]);
  });

  test('cover an export whose objects were verified', () => {
    const activities = readHistory('exported.json').events.map(
      ({ activityTaskScheduledEventAttributes: attributes }) => attributes?.activityType.name
    );

    expect(activities.filter((name) => name === 'memorydbVerifyObject')).toHaveLength(3);
  });

  test.for(RECORDED)('%s replays', async (file) => {
    const options = { plugins: [new MemoryDBSnapshotPlugin()] };

    await expect(Worker.runReplayHistory(options, readHistory(file), 'replayed')).resolves.toBeUndefined();
  });

  test('a history that the code would not make is found out', async () => {
    const history = readHistory('copied.json');
    const scheduled = history.events.find(({ activityTaskScheduledEventAttributes: attributes }) => attributes);
    if (scheduled?.activityTaskScheduledEventAttributes) {
      scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    }
    const options = { plugins: [new MemoryDBSnapshotPlugin()] };

    await expect(Worker.runReplayHistory(options, history, 'replayed')).rejects.toThrow(/[Nn]ondeterminism/);
  });
});
