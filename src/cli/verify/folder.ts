import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { explainFileError, isMissing } from './file-errors';
import { openLocalFile } from './local-file';
import type { Place } from './source';

/** Files beside each other, as they are downloaded from a bucket. Keys are paths. */
export const FOLDERS: Place = {
  kind: 'folder',
  nameOf: (path) => path,
  list: (prefix) => {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names = ifThere(folder === '' ? '.' : folder, (path) => readdirSync(path)) ?? [];
    const files = names.flatMap((name) => {
      const key = folder + name;
      const stats = key.startsWith(prefix) ? lookAt(key) : undefined;
      return stats?.isFile() ? [{ key, size: stats.size }] : [];
    });
    return Promise.resolve(files);
  },
  readText: (path) => Promise.resolve(ifThere(path, () => readFileSync(path, 'utf8'))),
  open: ({ key, size }) => openLocalFile(key, size),
};

/** What is there under a path; undefined where there is nothing. @throws AccessError */
export function lookAt(path: string): Stats | undefined {
  return ifThere(path, () => statSync(path));
}

function ifThere<T>(path: string, look: (path: string) => T): T | undefined {
  try {
    return look(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw explainFileError(path, error);
  }
}
