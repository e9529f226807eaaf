import { readText, writeJson, type Bucket } from './bucket';
import { BadAnswer } from './common-faults';
import { formatManifest, type Manifest } from './manifest';
import { classifyS3Fault } from './s3-faults';

/**
 * Writes a manifest over the one of that ETag, or where there is none. The answer may get lost: what is read back tells
 * whether it was ours that won.
 *
 * @returns the ETag of our text, or undefined when something else is there
 */
export async function writeManifest(
  bucket: Bucket,
  key: string,
  manifest: Manifest,
  over: { readonly etag: string } | undefined
): Promise<string | undefined> {
  const text = formatManifest(manifest);
  try {
    return await writeJson(bucket, key, text, over ? { IfMatch: over.etag } : { IfNoneMatch: '*' });
  } catch (err) {
    const { meaning, name } = classifyS3Fault(err);
    if (meaning !== 'replaced' && meaning !== 'trouble') throw err;
    const there = await readText(bucket, key);
    if (there?.text === text) return there.etag;
    if (meaning === 'trouble') throw err;
    if (there?.etag === over?.etag) {
      throw new BadAnswer(`${key}: S3 answers ${name}, and the condition of the write holds`, { cause: err });
    }
    return undefined;
  }
}
