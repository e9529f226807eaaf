/**
 * How far an exported object is read: each level does what those before it do. `checksum` alone takes whole files in a
 * row for one, because behind a file and its own checksum the CRC-64 is zero, as it is at the beginning.
 */
export type VerifyLevel = 'presence' | 'header' | 'checksum' | 'structure' | 'deep';

/**
 * What was found out about an object. `verified`: every byte read and the checksum right. `unproven`: nothing wrong
 * found, and the content not proven. `unsupported`: a format that we do not know, never guessed at. `corrupt`: proven
 * wrong.
 */
export type Verdict = 'verified' | 'unproven' | 'unsupported' | 'corrupt';

/** Why an object is not `verified`. Plain data, without a byte of its content. */
export interface Finding {
  readonly verdict: Exclude<Verdict, 'verified'>;
  readonly reason: Reason;
  /** The byte of the object that the finding is about. */
  readonly offset?: number;
}

/** Every reason, with the verdict it leads to and what it means. */
export const REASONS = {
  'content-not-read': { verdict: 'unproven', means: 'head and tail are right; this level reads no more' },
  'no-checksum': { verdict: 'unproven', means: 'the file was written without a checksum' },
  'value-not-walked': {
    verdict: 'unproven',
    means: 'a key or a value that is not judged: too long, not in the order of engines, or of too many imported slots',
  },
  'stray-keys': {
    verdict: 'unproven',
    means:
      'some keys, half of them at most, belong to slots of other shards; a shard that gave slots away may keep such',
  },
  'stream-length': {
    verdict: 'unproven',
    means: 'a stream says that it has more entries than it holds, as an old error of XDEL left it; servers load it',
  },
  'too-few-bytes': { verdict: 'unproven', means: 'fewer bytes were read than it takes to judge the file' },
  'other-format': { verdict: 'unsupported', means: 'a format other than RDB, known by name' },
  'append-only-file': { verdict: 'unsupported', means: 'commands of an append-only file follow its RDB part' },
  'unknown-magic': { verdict: 'unsupported', means: 'a file with a magic that is not known here' },
  'unknown-version': { verdict: 'unsupported', means: 'an RDB version that is not known here' },
  'unknown-type': { verdict: 'unsupported', means: 'an opcode or a type of value that is not known in this version' },
  'size-mismatch': { verdict: 'corrupt', means: 'there are more bytes than the listed size' },
  empty: { verdict: 'corrupt', means: 'the object has no bytes' },
  'too-short': { verdict: 'corrupt', means: 'shorter than the shortest RDB file' },
  'not-rdb': { verdict: 'corrupt', means: 'neither RDB nor anything like it: no magic, no format known by name' },
  'invalid-length': { verdict: 'corrupt', means: 'a length is encoded in a way that RDB does not have' },
  'invalid-string': { verdict: 'corrupt', means: 'a compressed string does not unfold to its length' },
  'invalid-value': { verdict: 'corrupt', means: 'a value is not built as its type has to be' },
  'empty-value': {
    verdict: 'corrupt',
    means: 'a value without an element, of a type that engines drop when it is empty',
  },
  truncated: { verdict: 'corrupt', means: 'a field reaches past the end of the file' },
  'no-end': { verdict: 'corrupt', means: 'the end mark is not where it belongs: truncated, or bytes were added' },
  'trailing-bytes': { verdict: 'corrupt', means: 'bytes follow the end of the RDB file' },
  'checksum-mismatch': { verdict: 'corrupt', means: 'the bytes are not those of which the file keeps the checksum' },
  'wrong-shard': { verdict: 'corrupt', means: 'most of the keys, or all, belong to slots of other shards' },
  'other-database': { verdict: 'corrupt', means: 'a shard of a cluster holds a logical database other than 0' },
  'count-mismatch': { verdict: 'corrupt', means: 'the file says another number of keys of itself than it holds' },
  's3-checksum-mismatch': { verdict: 'corrupt', means: 'the bytes are not those of which S3 keeps the checksum' },
  replaced: { verdict: 'corrupt', means: 'the object became another one, or went, before it was read to its end' },
} as const satisfies Record<string, { readonly verdict: Finding['verdict']; readonly means: string }>;

/** Why an object is not `verified`, in one word: a key of {@link REASONS}. */
export type Reason = keyof typeof REASONS;

/** A finding, with the verdict that its reason leads to. */
export function finding(reason: Reason, offset?: number): Finding {
  return { verdict: REASONS[reason].verdict, reason, ...(offset === undefined ? {} : { offset }) };
}
