export { keyOf } from '../contract/export-key';

/** The manifest's key: beside the objects, and no key that MemoryDB writes. */
export function manifestKeyOf(target: string): string {
  return `${target}.manifest.json`;
}
