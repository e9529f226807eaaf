import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { listen } from './serve';

/** A proxy on this machine. Whatever host it is asked for, it reaches 127.0.0.1. */
export interface Proxy {
  readonly url: string;
  /** Each request, such as `GET http://host:80/key` and `CONNECT host:443`. */
  readonly asked: readonly string[];
  /** How many connections it had at once at the most. */
  readonly mostConnections: () => number;
}

/** Starts a proxy that ends with the test. */
export async function serveProxy(): Promise<Proxy> {
  const asked: string[] = [];
  const open = new Set<object>();
  let most = 0;
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { port, pathname, search } = new URL(request.url ?? '');
    const { method, headers } = request;
    const forwarded = httpRequest({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    pipeline(request, forwarded, () => undefined);
    response.on('close', () => forwarded.destroy());
  });
  proxy.on('connect', (request, socket, head) => {
    asked.push(`${request.method} ${request.url}`);
    const target = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      pipeline(socket, target, socket, () => undefined);
    });
  });
  proxy.on('connection', (socket) => {
    open.add(socket);
    most = Math.max(most, open.size);
    socket.on('close', () => open.delete(socket));
  });
  return { url: `http://127.0.0.1:${await listen(proxy)}`, asked, mostConnections: () => most };
}
