import { AccessError } from './source';

/** What the caller can do about an error of the file system. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: check its name',
  EACCES: 'may not be read by this user: grant the permission to read',
  EPERM: 'may not be read by this user: grant the permission to read',
  EISDIR: 'is a folder: name a file in it',
  EBADF: 'is not open for reading: redirect a file into the command with <, or name one',
  ELOOP: 'is a symbolic link that leads to itself: name the file',
  EIO: 'cannot be read, its disk reports an error: look at the disk',
};

/** A sentence that names the source and what to do. */
export function explainFileError(name: string, error: unknown): AccessError {
  if (error instanceof AccessError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AccessError(`${name} ${SENTENCES[codeOf(error)] ?? `cannot be read: ${message}`}`, { cause: error });
}

/** Whether nothing is there under a path. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
