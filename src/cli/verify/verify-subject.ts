import { formatSlots } from '../../rdb/slot-ranges';
import type { Progress } from './progress';
import { AccessError, type Check, type Reading } from './source';
import { PROBLEMS, type Member, type Problem, type Subject } from './subject';
import { worstOf, type Outcome } from './verdicts';

/** What was found out about one object. */
export interface ObjectResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly shard?: string;
  /** The slots that its keys may have. */
  readonly expectedSlots?: string;
  /** Absent where it cannot be read. */
  readonly reading?: Reading;
  /** Why it cannot be read. */
  readonly error?: string;
}

/** What was found out about one argument. */
export interface SubjectResult {
  readonly kind: Subject['kind'];
  readonly argument: string;
  readonly outcome: Outcome;
  readonly manifest?: string;
  readonly problems: readonly Problem[];
  readonly objects: readonly ObjectResult[];
}

/** Reads every object of a subject, one after the other, and judges what they are together. */
export async function verifySubject(subject: Subject, check: Check, progress: Progress): Promise<SubjectResult> {
  const { kind, argument, members } = subject;
  const sizes = members.map(({ source }) => source.size);
  progress.begin(sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined);
  const objects: ObjectResult[] = [];
  for (const member of members) objects.push(await verifyMember(member, check, progress));
  progress.end();
  const problems =
    subject.kind === 'export' ? [...subject.problems, ...findReplaced(members, objects), ...findTwins(objects)] : [];
  const outcomes = [
    ...problems.map(({ problem }) => PROBLEMS[problem].outcome),
    ...objects.map(({ outcome }) => outcome),
  ];
  return {
    kind,
    argument,
    outcome: worstOf(outcomes),
    ...('manifest' in subject && { manifest: subject.manifest }),
    problems,
    objects,
  };
}

/** The result of an argument that names nothing that can be read. */
export function unreadable(argument: string, error: unknown): SubjectResult {
  const object = { name: argument, outcome: 'unreadable', error: messageOf(error) } as const;
  return { kind: 'object', argument, outcome: 'unreadable', problems: [], objects: [object] };
}

async function verifyMember(member: Member, check: Check, progress: Progress): Promise<ObjectResult> {
  const { source, shard } = member;
  const slots = member.slots ?? check.slots;
  const about = {
    name: source.name,
    ...(shard !== undefined && { shard }),
    ...(slots !== undefined && { expectedSlots: formatSlots(slots) }),
  };
  progress.enter(source.name);
  try {
    const reading = await source.read({ ...check, ...(slots !== undefined && { slots }) }, (at) => progress.tick(at));
    progress.leave(reading.bytes);
    return { ...about, outcome: reading.verdict, reading };
  } catch (error) {
    progress.leave(0);
    return { ...about, outcome: 'unreadable', error: messageOf(error) };
  }
}

/** A file does not tell its ETag, but it ends with its checksum. */
function findReplaced(members: readonly Member[], objects: readonly ObjectResult[]): Problem[] {
  return objects.flatMap(({ name, reading }, index): Problem[] => {
    const expected = members[index]?.checksum;
    if (reading?.checksum === undefined || expected === undefined || reading.checksum === expected) return [];
    return [{ problem: 'replaced', detail: `${name}: checksum ${reading.checksum} instead of ${expected}` }];
  });
}

/** The same bytes under two names. Two shards without a key may well be equal. */
function findTwins(objects: readonly ObjectResult[]): Problem[] {
  const seen = new Map<string, string>();
  return objects.flatMap(({ name, reading }): Problem[] => {
    const checksum = reading?.computedChecksum;
    if (checksum === undefined || !reading?.databases.some(({ keys }) => keys > 0)) return [];
    const twin = seen.get(checksum);
    seen.set(checksum, name);
    return twin === undefined ? [] : [{ problem: 'same-content', detail: `${name} is the same as ${twin}` }];
  });
}

function messageOf(error: unknown): string {
  if (error instanceof AccessError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
