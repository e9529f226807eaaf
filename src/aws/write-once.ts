import { readText, writeJson, type Bucket, type WriteCondition } from './bucket';
import { classifyS3Fault } from './s3-faults';

/**
 * A conditional write whose answer may get lost: what is read back tells whether it was ours that won.
 *
 * @returns the ETag of our text, or undefined when something else is there
 */
export async function writeOnce(
  bucket: Bucket,
  key: string,
  text: string,
  condition: WriteCondition
): Promise<string | undefined> {
  try {
    return await writeJson(bucket, key, text, condition);
  } catch (err) {
    const { meaning } = classifyS3Fault(err);
    if (meaning !== 'replaced' && meaning !== 'trouble') throw err;
    const there = await readText(bucket, key);
    if (there?.text === text) return there.etag;
    if (meaning === 'trouble') throw err;
    return undefined;
  }
}
