import type { CopySnapshotRequest } from './job';
import { show, type Fields } from './request-problem';
import { firstUnits, safeText, utf8Length } from './text';

/** Longer targets are cut in a job's id; the hash still tells them apart. UTF-16 units, of three bytes at most. */
const MAX_TARGET_IN_ID = 200;

/** Temporal refuses longer ids. Bytes. */
const MAX_ID = 1_000;

/** What is kept of a child's id that is too long. UTF-16 units, of three bytes at most; the fingerprint needs 17. */
const KEPT_OF_LONG_ID = 320;

/**
 * The workflow id of a job that is started from outside a workflow: `memorydb-copy:<target>:<hash>`, or
 * `memorydb-export:<bucket>:<target>:<hash>`. The same request gives the same id. It may hold `:` and `/`: encode it in a URL.
 *
 * @param requestHash 16 hex digits, made in Node (`requestHash`)
 */
export function jobId(request: CopySnapshotRequest, requestHash: string): string {
  return `${whatAndWhere({ ...request }, MAX_TARGET_IN_ID)}:${requestHash}`;
}

/**
 * The workflow id of a job that runs as a child: stable over the parent's retries. One that is too long is cut, and ends
 * in a fingerprint of the whole, so that two children never share what is left.
 *
 * @param request as the parent passes it. Nothing in it is checked yet: the child refuses what is wrong, and the parent
 * must not hang on it
 */
export function childJobId(parentId: string, request: Fields): string {
  const id = `${parentId}:${whatAndWhere(request)}`;
  return utf8Length(id) <= MAX_ID ? id : `${firstUnits(id, KEPT_OF_LONG_ID)}:${fingerprint(id)}`;
}

function whatAndWhere({ TargetSnapshotName: target, TargetBucket: bucket }: Fields, maxTarget = Infinity): string {
  const name = inId(target);
  // MemoryDB compares names of copies in lower case; S3 keeps the case of a key.
  return bucket == null
    ? `memorydb-copy:${firstUnits(name.toLowerCase(), maxTarget)}`
    : `memorydb-export:${inId(bucket)}:${firstUnits(name, maxTarget)}`;
}

function inId(value: unknown): string {
  return typeof value === 'string' ? safeText(value) : show(value);
}

/** FNV-1a over the UTF-16 units, 16 hex digits: the sandbox has no hashes of Node's. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
