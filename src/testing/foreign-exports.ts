import type { Clock } from './clock';
import { type ExportFile, listShardFiles } from './export-files';
import { answerExport, occupySource, refuseKeyTaken, refuseNoBucket } from './exports';
import type { OutputOf } from './memorydb-wire';
import { requireStatus } from './snapshot-state';
import type { SnapshotRecord } from './snapshots';
import type { State } from './state';

/** Another S3, as far as exports need it. */
export interface ForeignS3 {
  hasBucket(bucket: string): Promise<boolean>;
  hasObject(bucket: string, key: string): Promise<boolean>;
  upload(bucket: string, key: string, file: ExportFile): Promise<void>;
  close(): void;
}

interface Upload {
  readonly bucket: string;
  readonly file: ExportFile;
  readonly dueMs: number;
}

/** How often the clock is looked at when nobody calls, in real milliseconds. */
const lookEveryMs = 500;

/** Exports that go to another S3: each file is uploaded once its time has come, before any later call is answered. */
export class ForeignExports {
  readonly #s3: ForeignS3;
  readonly #timer: NodeJS.Timeout;
  #waiting: Upload[] = [];
  #working: Promise<void> = Promise.resolve();

  /** `reportBug` is told of uploads that fail. */
  constructor(s3: ForeignS3, clock: Clock, reportBug: (bug: unknown) => void) {
    this.#s3 = s3;
    this.#timer = setInterval(() => {
      if (this.#waiting.length > 0)
        clock
          .read()
          .then(
            (now) => this.catchUp(now),
            () => undefined
          )
          .catch(reportBug);
    }, lookEveryMs);
    this.#timer.unref();
  }

  /** Begins an export; throws what the service refuses. */
  async export(
    source: SnapshotRecord,
    { target, bucket }: { readonly target: string; readonly bucket: string },
    state: State,
    now: number
  ): Promise<OutputOf<'CopySnapshot'>> {
    const { settings } = state;
    if (!(await this.#s3.hasBucket(bucket))) throw refuseNoBucket(bucket);
    const files = listShardFiles(source, target, settings);
    for (const { key } of files) {
      if (await this.#s3.hasObject(bucket, key)) throw refuseKeyTaken(bucket, key);
    }
    requireStatus(source, now, ['available']); // another export may have begun meanwhile
    occupySource(source, settings, { ms: now });
    this.#waiting.push(...files.map((file) => ({ bucket, file, dueMs: now + file.afterMs })));
    await this.catchUp(now);
    return answerExport(source, state, now);
  }

  /** Uploads whatever is due. */
  catchUp(now: number): Promise<void> {
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= now);
    this.#waiting = this.#waiting.filter((upload) => !due.includes(upload));
    const before = this.#working.catch(() => undefined);
    this.#working = before.then(async () => {
      for (const { bucket, file } of due) await this.#s3.upload(bucket, file.key, file);
    });
    return this.#working;
  }

  /** Ends it; what is not due is never uploaded. */
  close(): void {
    clearInterval(this.#timer);
    this.#s3.close();
  }
}
