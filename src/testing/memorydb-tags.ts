import type { ClusterRecord } from './clusters';
import type { InputOf, OutputOf } from './memorydb-wire';
import { Refusal, invalidValue } from './refusal';
import { readName } from './request-rules';
import { type SnapshotRecord, isWithin } from './snapshots';
import { type State, createNotFound } from './state';
import { checkTagCount, listTags, readTags } from './tags';

/** Lists a resource's tags; a new snapshot's may not be there yet. */
export function listResourceTags(input: InputOf<'ListTags'>, state: State, now: number): OutputOf<'ListTags'> {
  const { snapshot, resource } = findResource(input.ResourceArn, state, now);
  if (snapshot && isWithin(snapshot.hidden, now)) throw createNotFound(snapshot.name);
  if (snapshot && isWithin(snapshot.tagsHidden, now)) {
    if (snapshot.tagsHidden.answer === 'empty') return { TagList: [] };
    throw createNotFound(snapshot.name);
  }
  return { TagList: listTags(resource.tags) };
}

/** Adds tags to a resource or changes their values. */
export function tagResource(input: InputOf<'TagResource'>, state: State, now: number): OutputOf<'TagResource'> {
  const { resource } = findResource(input.ResourceArn, state, now);
  const added = readTags(input.Tags);
  if (added.size === 0) throw invalidValue('The parameter Tags must hold a tag.');
  resource.tags = checkTagCount(new Map([...resource.tags, ...added]));
  return { TagList: listTags(resource.tags) };
}

/** Removes tags from a resource; throws TagNotFoundFault when one of them is not there. */
export function untagResource(input: InputOf<'UntagResource'>, state: State, now: number): OutputOf<'UntagResource'> {
  const { resource } = findResource(input.ResourceArn, state, now);
  const keys = input.TagKeys ?? [];
  if (keys.length === 0) throw invalidValue('The parameter TagKeys must hold a key.');
  const missing = keys.find((key) => !resource.tags.has(key));
  if (missing !== undefined) throw new Refusal('TagNotFoundFault', `The tag ${missing} does not exist.`);
  resource.tags = new Map([...resource.tags].filter(([key]) => !keys.includes(key)));
  return { TagList: listTags(resource.tags) };
}

interface Resource {
  readonly snapshot?: SnapshotRecord;
  readonly resource: SnapshotRecord | ClusterRecord;
}

function findResource(arn: string | undefined, state: State, now: number): Resource {
  const given = readName(arn, 'ResourceArn');
  const [, kind, name] = /^arn:aws:memorydb:[^:]*:[^:]*:(snapshot|cluster)\/(.+)$/.exec(given) ?? [];
  if (name !== undefined && kind === 'snapshot' && given === state.formatArn(kind, name)) {
    const snapshot = state.getSnapshot(name, now);
    return { snapshot, resource: snapshot };
  }
  if (name !== undefined && kind === 'cluster' && given === state.formatArn(kind, name)) {
    return { resource: state.getCluster(name) };
  }
  const resources = `${state.formatArn('snapshot', '*')} and ${state.formatArn('cluster', '*')}`;
  throw new Refusal('InvalidARNFault', `The ARN is not valid: the simulator has ${resources}.`);
}
