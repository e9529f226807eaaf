import { findSnapshotFailure, type SnapshotFailureDetails } from 'temporal-memorydb-snapshots';

/** A job's failure, flat enough to be compared. */
export interface ReadFailure extends SnapshotFailureDetails {
  readonly type: string;
  readonly message: string;
  readonly nonRetryable: boolean;
}

/** Waits for a job to fail, and reads the failure as a caller would. */
export async function failureOf(job: Promise<unknown>): Promise<ReadFailure> {
  const err: unknown = await job.then(
    (result) => new Error(`the job succeeded: ${JSON.stringify(result)}`),
    (reason: unknown) => reason
  );
  const failure = findSnapshotFailure(err);
  if (failure === undefined) throw err;
  return {
    type: failure.type,
    message: failure.message,
    nonRetryable: failure.nonRetryable === true,
    ...failure.details[0],
  };
}
