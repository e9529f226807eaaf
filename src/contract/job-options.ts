import { DEFAULT_LEVEL } from './export';
import type { CopySnapshotInput } from './job';
import { patienceMs } from './request';
import { show } from './request-problem';

/** A name and a value for each option, in the words of the input, with its default. */
export type JobOptions = Readonly<Record<string, unknown>>;

/** The options of a job, so that those of two jobs can be compared. */
export function readOptions(input: CopySnapshotInput): JobOptions {
  const { verify = DEFAULT_LEVEL, requireVerified = false, onCancel = 'keep' } = input;
  const patience = { 'patience.start': patienceMs(input, 'start'), 'patience.copy': patienceMs(input, 'copy') };
  return { verify, requireVerified, onCancel, ...patience };
}

/**
 * Names the options that differ, with both values. A job that another version started may have options that this one
 * does not know, and lack others.
 */
export function differingOptions(wanted: JobOptions, running: JobOptions | undefined): string[] {
  const names = Object.keys({ ...wanted, ...running });
  return names
    .filter((name) => wanted[name] !== running?.[name])
    .map((name) => `${name} ${show(running?.[name])} instead of ${show(wanted[name])}`);
}
