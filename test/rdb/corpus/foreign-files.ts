import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small file that somebody else's program wrote, or a case that somebody reported. */
export function readForeign(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(__dirname, 'foreign', `${name}.rdb`)));
}
