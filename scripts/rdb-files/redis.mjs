import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';

/**
 * Starts a redis-server in a folder, on a Unix socket alone; it answers one command after the other.
 *
 * @param {string} folder
 * @param {AbortSignal} [signal] ends the server, and what waits for it
 */
export async function startRedis(folder, signal) {
  const path = join(folder, 'socket');
  const child = spawn(
    'redis-server',
    ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '', '--enable-debug-command', 'yes'],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const ended = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  const stop = async () => {
    signal?.removeEventListener('abort', kill);
    kill();
    await ended;
  };
  const isReady = new Promise((resolve) => {
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      log += text;
      if (log.includes('ready to accept connections at')) resolve(true);
    });
  });
  if ((await Promise.race([isReady, ended])) !== true) throw new Error('redis-server ended at once');
  const socket = createConnection(path);
  await once(socket, 'connect');
  return {
    /** Sends a command whose answer is one line, and gives that; throws what the server refuses. */
    send: async (/** @type {readonly (string | Uint8Array)[]} */ words) => {
      const answer = once(socket, 'data');
      socket.write(`*${words.length}\r\n`);
      for (const word of words.map((part) => Buffer.from(part))) {
        socket.write(Buffer.concat([Buffer.from(`$${word.length}\r\n`), word, Buffer.from('\r\n')]));
      }
      const [line] = await Promise.race([answer, ended.then(() => ['-redis-server ended'])]);
      const text = String(line).trim();
      if (text.startsWith('-')) throw new Error(text.slice(1));
      return text.slice(1);
    },
    stop: async () => {
      socket.destroy();
      await stop();
    },
  };
}
