import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Reply = Buffer | string | number | null;

/** A redis-server of Debian's, in a folder and on a socket of its own. */
export interface RedisServer {
  readonly folder: string;
  /** Sends all commands at once; throws what the server refuses. */
  send(commands: readonly (readonly (string | Uint8Array)[])[]): Promise<readonly Reply[]>;
  stop(): Promise<void>;
}

/** Starts a server that listens on a Unix socket alone, and waits until it does. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rdb-'));
  const path = join(folder, 'socket');
  const child = spawn(
    'redis-server',
    ['--port', '0', '--bind', '127.0.0.1', '--unixsocket', path, '--dir', folder, '--save', '', ...settings],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  let log = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections at')) resolve();
    });
  });
  const isReady = await Promise.race([ready.then(() => true), exited.then(() => false)]);
  if (!isReady) {
    await stop();
    throw new Error(`redis-server ended at once:\n${log}`);
  }
  return { folder, send: (commands) => send(path, commands), stop };
}

async function send(path: string, commands: readonly (readonly (string | Uint8Array)[])[]): Promise<readonly Reply[]> {
  const socket = createConnection(path);
  await once(socket, 'connect');
  try {
    socket.write(Buffer.concat(commands.map(encode)));
    return await readReplies(socket, commands.length);
  } finally {
    socket.destroy();
  }
}

function encode(command: readonly (string | Uint8Array)[]): Buffer {
  const parts = command.map((part) => Buffer.from(part));
  const bulks = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...bulks]);
}

async function readReplies(socket: Socket, count: number): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    for (let reply = decode(received); reply !== undefined; reply = decode(received)) {
      replies.push(reply.value);
      received = received.subarray(reply.end);
    }
    if (replies.length === count) return replies;
  }
  throw new Error(`${replies.length} replies instead of ${count}`);
}

/** The first reply, where it is there as a whole. Arrays are not used here. */
function decode(bytes: Buffer): { readonly value: Reply; readonly end: number } | undefined {
  const line = bytes.indexOf('\r\n');
  if (line === -1) return undefined;
  const [kind, rest] = [bytes.toString('utf8', 0, 1), bytes.toString('utf8', 1, line)];
  if (kind === '-') throw new Error(rest);
  if (kind !== '$') return { value: kind === ':' ? Number(rest) : rest, end: line + 2 };
  if (rest === '-1') return { value: null, end: line + 2 };
  const end = line + 2 + Number(rest);
  return bytes.length < end + 2 ? undefined : { value: bytes.subarray(line + 2, end), end: end + 2 };
}
