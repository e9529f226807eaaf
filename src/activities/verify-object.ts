import { readRange } from '../aws/read-object';
import { readObjectHead } from '../aws/object-head';
import { classifyS3Fault } from '../aws/s3-faults';
import { READS_CONTENT, type ObjectCheck, type ObjectFacts } from '../contract/export';
import { HEAD_LENGTH, judgeHeader, TAIL_LENGTH } from '../rdb';
import { askingS3, bucketOf } from './asking-s3';
import { inTurn } from './in-turn';
import { runAttempt, type Attempt } from './attempt';
import { readContent } from './read-content';
import type { Setting } from './setting';
import type { Subject } from './wait-or-fail';

/** Looks at one object of an export, at the level that was asked for. */
export async function verifyObject(setting: Setting, check: ObjectCheck): Promise<ObjectFacts> {
  return runAttempt((attempt) => {
    const { key, bucket, level } = check;
    const subject: Subject = { phase: 'verifying', bucket, target: key };
    const read = () => orReplaced(() => readFacts(setting, check, attempt));
    const ask = () => askingS3(read, 'possible', bucket, attempt, subject, setting);
    return READS_CONTENT[level] ? inTurn(ask, attempt, subject, setting) : ask();
  });
}

async function readFacts(setting: Setting, check: ObjectCheck, attempt: Attempt): Promise<ObjectFacts> {
  const { size, level } = check;
  if (level !== 'presence' && level !== 'header') return readContent(setting, check, level, attempt);
  const bucket = bucketOf(setting, check);
  if (level === 'presence') {
    const { versionId, encryption } = await readObjectHead(bucket, check, { signal: attempt.signal });
    return { verdict: 'unproven', ...given({ versionId, encryption }) };
  }
  if (size === 0) return { verdict: 'corrupt', reason: 'empty' };
  const read = (from: number, to: number) => readRange({ bucket, object: check, from, to }, attempt.signal);
  // A small object is read at once; otherwise the head holds the AUX fields that engines write.
  const small = size <= HEAD_LENGTH;
  const head = await read(0, small ? size : HEAD_LENGTH);
  const tail = small ? head : await read(size - TAIL_LENGTH, size);
  const { verdict, reason, offset, checksum } = judgeHeader(head.bytes, tail.bytes.subarray(-TAIL_LENGTH), size);
  return {
    verdict,
    // What every good object has would be said 500 times over.
    ...(reason !== 'content-not-read' && { reason }),
    ...given({ offset, checksum, versionId: head.versionId, encryption: head.encryption }),
  };
}

/** Whoever replaced it, the other objects are still to be looked at: this one is named with what else is wrong. */
async function orReplaced(read: () => Promise<ObjectFacts>): Promise<ObjectFacts> {
  try {
    return await read();
  } catch (err) {
    const { meaning } = classifyS3Fault(err);
    if (meaning !== 'replaced' && meaning !== 'missing' && meaning !== 'empty') throw err;
    return { verdict: 'corrupt', reason: 'replaced' };
  }
}

function given<T extends object>(fields: T): { [Field in keyof T]?: Exclude<T[Field], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Field in keyof T]?: Exclude<T[Field], undefined>;
  };
}
