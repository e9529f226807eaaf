// Makes a large RDB file: node scripts/make-rdb.mjs <profile> <bytes> <file> [seed]
import { makeRdbFile, PROFILES } from './rdb-files/make-rdb-file.mjs';

const [profile, bytes, file, seed = '1'] = process.argv.slice(2);
if (profile === undefined || !(profile in PROFILES) || !(Number(bytes) > 0) || file === undefined) {
  console.error(`usage: node scripts/make-rdb.mjs <${Object.keys(PROFILES).join(' | ')}> <bytes> <file> [seed]`);
  process.exitCode = 1;
} else {
  const { size, keys } = await makeRdbFile({ profile, bytes: Number(bytes), file, seed: Number(seed) });
  console.log(`${file}: ${size} bytes, ${keys} keys`);
}
