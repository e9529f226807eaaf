import { CopySnapshotCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-memorydb';
import { heartbeat } from '@temporalio/activity';

import { waitInside } from './wait-inside.mjs';

/** @import { MemoryDBClient } from '@aws-sdk/client-memorydb' */
/** @import { WayInside } from './wait-inside.mjs' */

/** The snapshot that all ways copy. */
export const SOURCE = 'automatic.prod-2026-11-23-03-15';

/**
 * The activities of the other ways.
 *
 * @typedef {object} OtherActivities
 * @property {(target: string) => Promise<void>} benchStartCopy
 * @property {(target: string) => Promise<string | undefined>} benchLook
 * @property {(way: WayInside, target: string, beatEveryMs: number, lookEveryMs?: number) => Promise<void>} benchWaitInside
 */

/**
 * @param {MemoryDBClient} client
 * @returns {OtherActivities}
 */
export function createOtherActivities(client) {
  return {
    benchStartCopy: (target) => startCopy(client, target),
    benchLook: (target) => readStatus(client, target),
    async benchWaitInside(way, target, beatEveryMs, lookEveryMs) {
      heartbeat();
      const beats = setInterval(heartbeat, beatEveryMs);
      try {
        await waitInside[way](() => readStatus(client, target), lookEveryMs);
      } finally {
        clearInterval(beats);
      }
    },
  };
}

/**
 * @param {MemoryDBClient} client
 * @param {string} target
 */
export async function startCopy(client, target) {
  await client.send(new CopySnapshotCommand({ SourceSnapshotName: SOURCE, TargetSnapshotName: target }));
}

/**
 * @param {MemoryDBClient} client
 * @param {string} target
 */
export async function readStatus(client, target) {
  const { Snapshots: found } = await client.send(new DescribeSnapshotsCommand({ SnapshotName: target }));
  return found?.[0]?.Status;
}
