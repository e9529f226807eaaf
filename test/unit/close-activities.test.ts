import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { closeSnapshotActivities, createSnapshotActivities } from '../../src';

const OURS = [
  'memorydbAwaitCopy',
  'memorydbConcludeExport',
  'memorydbDiscardCopy',
  'memorydbFindLatest',
  'memorydbInspectSource',
  'memorydbStartCopy',
  'memorydbVerifyObject',
];

/** A client's requests go to a handler that notes when it is closed. */
function noteClosing() {
  const { requestHandler } = new MemoryDBClient({ region: 'eu-central-1' }).config;
  const destroy = vi.spyOn(requestHandler, 'destroy');
  onTestFinished(() => destroy.mockRestore());
  return { requestHandler, destroy };
}

test('nothing but activities is in them, and in what is spread from them', () => {
  const activities = createSnapshotActivities();

  for (const some of [activities, { ...activities }, Object.assign({}, activities)]) {
    expect(Object.keys(some).sort()).toEqual(OURS);
  }
  expect(Object.getOwnPropertySymbols({ ...activities })).toEqual([]);
});

test('closing them, or disposing of them, closes the connections that were opened for them', async () => {
  const [closed, disposed] = [noteClosing(), noteClosing()];
  const activities = createSnapshotActivities({ memorydb: { requestHandler: closed.requestHandler } });
  const others = createSnapshotActivities({ memorydb: { requestHandler: disposed.requestHandler } });

  await closeSnapshotActivities(activities);
  await others[Symbol.asyncDispose]();

  expect([closed.destroy.mock.calls.length, disposed.destroy.mock.calls.length]).toEqual([1, 1]);
});

test('a client that was handed in stays open', async () => {
  const { requestHandler, destroy } = noteClosing();
  const memorydb = new MemoryDBClient({ region: 'eu-central-1', requestHandler });

  await closeSnapshotActivities(createSnapshotActivities({ memorydb }));

  expect(destroy).not.toHaveBeenCalled();
});

test('a copy of them cannot be closed, and says so', async () => {
  await expect(closeSnapshotActivities({ ...createSnapshotActivities() })).rejects.toThrow(
    new TypeError('these activities cannot be closed: pass what createSnapshotActivities returned, and no copy')
  );
});
