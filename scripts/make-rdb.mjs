// Makes a large RDB file: node scripts/make-rdb.mjs <profile> <bytes> <file> [seed]
import { Interrupted, SetUpError } from './machine/errors.mjs';
import { runEntry } from './machine/machine.mjs';
import { makeRdbFile, PROFILES } from './rdb-files/make-rdb-file.mjs';

runEntry(async ({ interruption: signal }) => {
  const [profile, bytes, file, seed = '1'] = process.argv.slice(2);
  if (profile === undefined || !(profile in PROFILES) || !(Number(bytes) > 0) || file === undefined) {
    const profiles = Object.keys(PROFILES).join(' | ');
    throw new SetUpError(`usage: node scripts/make-rdb.mjs <${profiles}> <bytes> <file> [seed]`);
  }
  const options = { profile, bytes: Number(bytes), file, seed: Number(seed), signal };
  const { size, keys } = await makeRdbFile(options).catch((error) => {
    throw signal.aborted ? new Interrupted() : error;
  });
  console.log(`${file}: ${size} bytes, ${keys} keys`);
  return 0;
});
