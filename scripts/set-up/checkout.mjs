import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json: scripts work from wherever they are called. */
export const CHECKOUT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
