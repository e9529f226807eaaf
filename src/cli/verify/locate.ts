import { sep } from 'node:path';
import { MANIFEST_ENDING } from '../../contract/export-keys';
import { FOLDERS, lookAt } from './folder';
import { openLocalFile, openStandardInput } from './local-file';
import { AccessError, type Place, type Source } from './source';
import type { Subject } from './subject';

const OBJECT_ENDING = '.rdb';

/** An argument, as far as its own text tells. */
export type Target =
  | { readonly kind: 'stdin' }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'path'; readonly path: string };

/** Finds a bucket, whether it is there or not. */
export type OpenBucket = (name: string) => Promise<Place>;

/** Finds what an argument names: a file, an object or an export. @throws AccessError where there is nothing */
export async function locate(argument: string, target: Target, openBucket: OpenBucket): Promise<Subject> {
  if (target.kind === 'stdin') return single(argument, openStandardInput());
  if (target.kind === 's3') return locateInBucket(argument, await openBucket(target.bucket), target.key);
  return locateFile(argument, target.path.replaceAll(sep, '/'));
}

async function locateFile(argument: string, path: string): Promise<Subject> {
  const stats = lookAt(path);
  if (stats?.isDirectory()) throw new AccessError(`${path} is a folder: name a file or a ${MANIFEST_ENDING} in it`);
  if (stats !== undefined && !path.endsWith(MANIFEST_ENDING)) {
    return single(argument, openLocalFile(path, stats.isFile() ? stats.size : undefined));
  }
  const found = await findExport(argument, FOLDERS, path);
  if (found !== undefined) return found;
  throw nothingThere(path, path);
}

async function locateInBucket(argument: string, place: Place, key: string): Promise<Subject> {
  const found = await findExport(argument, place, key);
  if (found !== undefined) return found;
  const object = (await place.list(key)).find((listed) => listed.key === key);
  if (object !== undefined) return single(argument, place.open(object));
  throw nothingThere(place.nameOf(key), key);
}

/** By its manifest, or else by the names of its objects. */
async function findExport(argument: string, place: Place, key: string): Promise<Subject | undefined> {
  if (key.endsWith(OBJECT_ENDING)) return undefined;
  // What reads manifests is loaded for exports alone: it would double the start of the command.
  return (await import('./find-export.js')).findExport(place, key, argument);
}

function single(argument: string, source: Source): Subject {
  return { kind: 'object', argument, members: [{ source }] };
}

function nothingThere(name: string, key: string): AccessError {
  const isTarget = !key.endsWith(OBJECT_ENDING) && !key.endsWith(MANIFEST_ENDING);
  const asExport = isTarget ? `, neither itself nor as an export (${key}-0001${OBJECT_ENDING}, …)` : '';
  return new AccessError(`${name} is not there${asExport}: check its name`);
}
