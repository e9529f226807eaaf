import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RdbReport, ScanOptions } from '../../src/rdb/report';
import { openScan } from '../../src/rdb/scan';
import { findFreePort } from '../support/processes';
import { startRedis } from './redis-server';

/** What our engine says of a file that it gets as a whole. */
export function judgeWithEngine(file: Uint8Array, options: ScanOptions): RdbReport {
  const scan = openScan(options);
  scan.push(file);
  return scan.end();
}

/** What somebody else's program says of a file. */
export interface Judgement {
  readonly accepts: boolean;
  /** Its own words. */
  readonly said: string;
}

/** What `redis-check-rdb` says, and how much it saw. */
export interface CheckJudgement extends Judgement {
  readonly keys: number | undefined;
  readonly expires: number | undefined;
}

/** What a server says that starts with the file, and what it then holds: by database, as its own commands count. */
export interface LoadJudgement extends Judgement {
  readonly databases: readonly LoadedDatabase[];
}

/** A database of a server. */
export interface LoadedDatabase {
  readonly db: number;
  readonly keys: number;
  readonly expires: number;
  /** By what the command TYPE says. */
  readonly types: Readonly<Record<string, number>>;
}

/** No program takes longer for a file of a test, unless it hangs. */
const PATIENCE_MS = 20_000;

/** Lets Debian's `redis-check-rdb` judge a file. */
export async function checkWithRedis(file: Uint8Array): Promise<CheckJudgement> {
  return withFile(file, async (folder) => {
    const child = spawn('redis-check-rdb', [join(folder, FILE)], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
    });
    let said = '';
    child.stdout.setEncoding('latin1').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    const count = (what: string) => {
      const [, number] = new RegExp(`(\\d+) ${what}`).exec(said) ?? [];
      return number === undefined ? undefined : Number(number);
    };
    return { accepts: code === 0, said, keys: count('keys read'), expires: count('expires') };
  });
}

/** Starts a redis-server with the file as its data, and asks what it holds. */
export async function loadIntoRedis(file: Uint8Array, ...settings: readonly string[]): Promise<LoadJudgement> {
  return withFile(file, async (folder) => {
    try {
      const server = await startRedis('--dir', folder, '--dbfilename', FILE, ...settings);
      try {
        const [found] = await server.send([['EVAL', COUNT_ALL, '0']]);
        return { accepts: true, said: '', databases: readCounts(String(found)) };
      } finally {
        await server.stop();
      }
    } catch (error) {
      return { accepts: false, said: String(error), databases: [] };
    }
  });
}

const FILE = 'dump.rdb';

/** Whether a server of a cluster starts with the file as its data. */
export async function startsInCluster(file: Uint8Array): Promise<boolean> {
  const busPort = await findFreePort();
  const settings = ['--dbfilename', FILE, '--cluster-enabled', 'yes', '--cluster-port', `${busPort}`];
  return withFile(file, async (folder) => {
    const server = await startRedis('--dir', folder, ...settings).catch(() => undefined);
    await server?.stop();
    return server !== undefined;
  });
}

/** Whether a server that starts with the file has a stream of another length than the entries that it lists. */
export async function hasMiscountedStream(file: Uint8Array): Promise<boolean> {
  return withFile(file, async (folder) => {
    const server = await startRedis('--dir', folder, '--dbfilename', FILE).catch(() => undefined);
    if (server === undefined) return false;
    try {
      const [found] = await server.send([['EVAL', COUNT_MISCOUNTED, '0']]);
      return Number(found) > 0;
    } finally {
      await server.stop();
    }
  });
}

const COUNT_MISCOUNTED = `
  local miscounted = 0
  for db = 0, 15 do
    redis.call('SELECT', db)
    for _, key in ipairs(redis.call('KEYS', '*')) do
      if redis.call('TYPE', key).ok == 'stream' and redis.call('XLEN', key) ~= #redis.call('XRANGE', key, '-', '+') then
        miscounted = miscounted + 1
      end
    end
  end
  return miscounted`;

/** A line for every database that has a key: its number, `DBSIZE`, expiries, and every type with its number. */
const COUNT_ALL = `
  local lines = {}
  for db, keys, expires in string.gmatch(redis.call('INFO', 'keyspace'), 'db(%d+):keys=(%d+),expires=(%d+)') do
    redis.call('SELECT', db)
    local types = {}
    for _, key in ipairs(redis.call('KEYS', '*')) do
      local kind = redis.call('TYPE', key).ok
      types[kind] = (types[kind] or 0) + 1
    end
    local line = {db, redis.call('DBSIZE'), expires}
    for kind, count in pairs(types) do table.insert(line, kind .. '=' .. count) end
    table.insert(lines, table.concat(line, ' '))
  end
  return table.concat(lines, '\\n')`;

function readCounts(text: string): LoadedDatabase[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [db, keys, expires, ...types] = line.split(' ');
      const counts = types.map((type) => type.split('=')).map(([type = '', count]) => [type, Number(count)] as const);
      return { db: Number(db), keys: Number(keys), expires: Number(expires), types: Object.fromEntries(counts) };
    });
}

async function withFile<T>(file: Uint8Array, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rdb-'));
  try {
    writeFileSync(join(folder, FILE), file);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
