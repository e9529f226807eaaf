import { z } from 'zod';
import { READS_CONTENT, type ExportedObject, type JudgedObject, type VerifyLevel } from '../contract/export';
import type { ExportPlan } from '../contract/job';
import { keyOf } from '../contract/export-keys';

/** The version of the manifest's schema. */
const MANIFEST_VERSION = 1;

const objectSchema = z.looseObject({
  key: z.string().describe('The key of the object in the same bucket.'),
  shard: z.string().describe("The shard's name in MemoryDB."),
  slots: z.string().optional().describe('The slots of the shard, for example 0-5461.'),
  size: z.int().nonnegative().optional().describe('Bytes.'),
  etag: z.string().optional().describe('As S3 quotes it; of a multipart upload it is no MD5.'),
  versionId: z.string().optional().describe('Of a versioned bucket.'),
  encryption: z.string().optional().describe('Server-side encryption: AES256 or aws:kms.'),
  level: z
    .enum(Object.keys(READS_CONTENT) as VerifyLevel[])
    .optional()
    .describe('How far the object was read.'),
  verdict: z.enum(['verified', 'unproven', 'unsupported', 'corrupt']).optional(),
  reason: z
    .string()
    .optional()
    .describe('Why the verdict is not better. Absent where nothing is amiss and the level reads no more.'),
  offset: z.int().nonnegative().optional().describe('The byte of the object that the reason is about.'),
  checksum: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .describe(
      'The CRC-64 that the file ends with. At level header it is not compared with the content; at the levels above, verified says that it is that of the content.'
    ),
  s3Checksum: z
    .literal('matches')
    .optional()
    .describe('Level checksum and above: the bytes are those of which S3 keeps a CRC-64/NVME.'),
  keys: z
    .int()
    .nonnegative()
    .optional()
    .describe('Level structure and above, as all that follow: how many keys there are.'),
  expires: z.int().nonnegative().optional().describe('Keys with an expiry.'),
  types: z
    .record(z.string(), z.int().positive())
    .optional()
    .describe('Keys by the type of their value, in the words of the command TYPE.'),
  slotsSeen: z.string().optional().describe('The lowest and the highest slot of a key, for example 17-5460.'),
  strayKeys: z.int().positive().optional().describe("Keys of slots that are not the shard's."),
  straySlots: z
    .string()
    .optional()
    .describe('The slots of those keys, for example 5461,5470-5480: four ranges at most, which may hold others too.'),
  warnings: z
    .array(z.string())
    .optional()
    .describe('What the file says of itself and does not hold, in words; it proves nothing. The first few.'),
});

const sourceSchema = z.looseObject({
  name: z.string(),
  arn: z.string(),
  hash: z.string().describe('Hash of the ARN and of when each shard was snapshotted.'),
  createdAt: z.iso.datetime().optional(),
});

/** Only `version` decides whether a manifest can be read: fields that another version added are read over, and kept. */
const manifestSchema = z.looseObject({
  version: z.literal(MANIFEST_VERSION),
  state: z
    .enum(['claimed', 'complete'])
    .describe('claimed: a job says that these keys are its own. complete: all of them are there and were judged.'),
  job: z.string().describe('Hash of the job: owner and workflow id.'),
  request: z.string().describe('Hash of the request.'),
  source: sourceSchema,
  target: z.string(),
  startedAt: z.iso.datetime(),
  sentAt: z.iso
    .datetime()
    .optional()
    .describe('The last CopySnapshot that was accepted, or may have been. Absent while every one was refused.'),
  completedAt: z.iso.datetime().optional(),
  missing: z
    .array(z.string())
    .optional()
    .describe('Keys that MemoryDB did not write: the job failed with ExportIncomplete.'),
  objects: z.array(objectSchema),
});

/** What `<target>.manifest.json` holds: a claim to the keys of an export, and in the end its proof. */
export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest's JSON schema, as it is published. */
export function manifestJsonSchema(): object {
  return { title: 'Manifest of a MemoryDB snapshot export', ...z.toJSONSchema(manifestSchema) };
}

/** The manifest in `text`, or undefined when it is something else. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The text of a manifest: it ends with a line break, and people can read it. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`;
}

/** The claim that is written before the first send. */
export function claimOf(plan: ExportPlan, startedAt: string): Manifest {
  const { source, sourceArn, sourceCreatedAt, ownership, target, shards } = plan;
  return {
    version: MANIFEST_VERSION,
    state: 'claimed',
    job: ownership.jobHash,
    request: ownership.requestHash,
    source: {
      name: source,
      arn: sourceArn,
      hash: ownership.sourceHash ?? '',
      ...(sourceCreatedAt !== undefined && { createdAt: sourceCreatedAt }),
    },
    target,
    startedAt,
    objects: shards.map(({ shard, slots }) => ({
      key: keyOf(target, shard),
      shard,
      ...(slots !== undefined && { slots }),
    })),
  };
}

/** Whether objects under the keys can be those of the job that wrote the manifest. */
export function mayHaveSent({ state, sentAt }: Manifest): boolean {
  return state === 'complete' || sentAt !== undefined;
}

/** When the last request was sent that may have been accepted, in milliseconds since 1970. */
export function lastSentMs({ sentAt }: Manifest): number {
  return sentAt === undefined ? -Infinity : Date.parse(sentAt);
}

/** The final manifest: the claim, with what was seen and judged. */
export function completeManifest(claim: Manifest, objects: readonly ExportedObject[], completedAt: string): Manifest {
  const slotsOf = new Map(claim.objects.map(({ shard, slots }) => [shard, slots]));
  const { version, job, request, source, target, startedAt, sentAt } = claim;
  const complete: Manifest = {
    version,
    job,
    request,
    source,
    target,
    startedAt,
    ...(sentAt !== undefined && { sentAt }),
    state: 'complete',
    completedAt,
    objects: objects.map(({ warnings, ...object }) => {
      const slots = slotsOf.get(object.shard);
      return { ...object, ...(slots !== undefined && { slots }), ...(warnings && { warnings: [...warnings] }) };
    }),
  };
  return keepUnknown(complete, claim);
}

/** The manifest with the fields of an earlier one that this version does not know: whoever wrote them finds them again. */
export function keepUnknown(manifest: Manifest, before: Manifest | undefined): Manifest {
  if (before === undefined) return manifest;
  const objectOf = new Map(before.objects.map((object) => [object.shard, object]));
  return {
    ...unknownFields(manifestSchema, before),
    ...manifest,
    source: { ...unknownFields(sourceSchema, before.source), ...manifest.source },
    objects: manifest.objects.map((object) => ({
      ...unknownFields(objectSchema, objectOf.get(object.shard)),
      ...object,
    })),
  };
}

function unknownFields(schema: z.ZodObject, written: object | undefined): object {
  return Object.fromEntries(Object.entries(written ?? {}).filter(([field]) => !(field in schema.shape)));
}

/** The same manifest after another last send; undefined = every one was refused. */
export function withSentAt(manifest: Manifest, sentAt: string | undefined): Manifest {
  const unsent = { ...manifest };
  delete unsent.sentAt;
  return sentAt === undefined ? unsent : { ...unsent, sentAt };
}

/** What the manifest of an export says that is found wrong: a claim again, and what is amiss. What was seen stays bound. */
export function disprove(
  manifest: Manifest,
  amiss: { readonly missing?: readonly string[]; readonly corrupt?: readonly JudgedObject[] }
): Manifest {
  const claim: Manifest = { ...manifest, state: 'claimed' };
  delete claim.completedAt;
  const corruptOf = new Map(amiss.corrupt?.map((object) => [object.shard, object]));
  const reopened: Manifest = {
    ...claim,
    ...(amiss.missing && { missing: [...amiss.missing] }),
    objects: claim.objects.map((object) => {
      const corrupt = corruptOf.get(object.shard);
      if (corrupt === undefined) return object;
      const { key, shard, slots } = object;
      const { etag, verdict, reason, offset } = corrupt;
      return { key, shard, slots, etag, verdict, reason, offset };
    }),
  };
  return keepUnknown(reopened, manifest);
}

const LEVELS = Object.keys(READS_CONTENT);

/** Whether a complete manifest says as much of the same objects: a run that adds nothing leaves it untouched. */
export function agrees(complete: Manifest, objects: readonly ExportedObject[]): boolean {
  const known = new Map(complete.objects.map((object) => [object.key, object]));
  const addsNothing = ({ key, etag, level, verdict }: ExportedObject) => {
    const before = known.get(key);
    if (before?.level === undefined || before.etag !== etag) return false;
    const deeper = LEVELS.indexOf(before.level) - LEVELS.indexOf(level);
    return deeper > 0 || (deeper === 0 && before.verdict === verdict);
  };
  return complete.state === 'complete' && known.size === objects.length && objects.every(addsNothing);
}
