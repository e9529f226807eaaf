import type { SnapshotRecord } from '../contract/job';
import { done, type Final, type Verdict, type Wait } from './verdict';

const USELESS: readonly string[] = ['failed', 'deleting'];

/** Can this source be copied, as far as its record tells? One that is `creating` is waited for. */
export function judgeSource(name: string, record: SnapshotRecord | undefined): Verdict<SnapshotRecord> {
  if (record === undefined) return missingSource(name);
  if (USELESS.includes(record.Status)) return uselessSource(name, record.Status);
  return record.Status === 'creating' ? busySource(name, record.Status) : done(record);
}

/** The same after AWS refused to copy it for its state: what is not gone for good is busy. */
export function judgeBusySource(name: string, record: SnapshotRecord | undefined): Final | Wait {
  const judged = judgeSource(name, record);
  return judged.verdict === 'done' ? busySource(name, judged.value.Status) : judged;
}

function missingSource(name: string): Final {
  return {
    verdict: 'final',
    type: 'SnapshotNotFoundFault',
    message: `there is no snapshot ${name}`,
    hint: "Check SourceSnapshotName, and the account and region of the worker. `latestSnapshot` finds a cluster's newest one.",
  };
}

function uselessSource(name: string, status: string): Final {
  return {
    verdict: 'final',
    type: 'InvalidSnapshotStateFault',
    message: `the source ${name} is ${status}`,
    hint: 'It will not become available again: choose another source.',
    status,
  };
}

function busySource(name: string, status: string): Wait {
  return {
    verdict: 'wait',
    pace: 'state',
    reason: 'InvalidSnapshotStateFault',
    message: `the source ${name} is busy (${status})`,
    hint: 'Nothing to do: the job waits until the source can be copied.',
    status,
  };
}

const EXPORTING: readonly string[] = ['exporting', 'copying'];

/** Whether MemoryDB may be writing an export of the source: AWS names either status for it. */
export function isExporting(record: SnapshotRecord | undefined): boolean {
  return record !== undefined && EXPORTING.includes(record.Status);
}
