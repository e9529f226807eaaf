import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborted when the client hangs up or the server is closed. */
  readonly signal: AbortSignal;
}

/** What is sent back. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | StreamedBody;
}

/** A body that is made while it is sent. */
export interface StreamedBody {
  /** How many bytes are announced. */
  readonly size: number;
  readonly pieces: Iterable<Buffer>;
  /** Cuts the connection after so many bytes. @default never */
  readonly cutAfter?: number;
  /** How long each piece is held back, in real milliseconds. @default 0 */
  readonly pieceDelayMs?: number;
}

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Cuts every connection, and so aborts every request; resolves when nothing is open any more. */
  close(): Promise<void>;
}

/** Serves one port; an answer of `undefined` cuts the connection. Throws when the port cannot be had. */
export async function startHttpServer(
  { host, port }: { readonly host: string; readonly port: number },
  answer: (request: HttpRequest) => Promise<HttpReply | undefined>
): Promise<HttpServer> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void serve(request, response, answer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    port: address.port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: HttpRequest) => Promise<HttpReply | undefined>
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = await buffer(request).catch(() => undefined);
  if (body === undefined) return; // the client hung up in the middle
  const { method = '', url: path = '', headers } = request;
  const reply = await answer({ method, path, headers, body, signal: gone.signal });
  if (gone.signal.aborted) return;
  if (!reply) {
    request.socket.destroy();
    return;
  }
  const size = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : reply.body.size;
  const hasLength = reply.status !== 204 && reply.status !== 304;
  const length = { 'content-length': String(size) };
  const own = method === 'HEAD' ? { ...length, ...reply.headers } : { ...reply.headers, ...length };
  response.writeHead(reply.status, hasLength ? own : reply.headers);
  if (typeof reply.body === 'string' || method === 'HEAD') response.end(method === 'HEAD' ? undefined : reply.body);
  else await sendPieces(reply.body, response);
}

async function sendPieces(body: StreamedBody, response: ServerResponse): Promise<void> {
  // A client that hangs up ends it early, and so does a cut; neither is anybody's fault.
  await pipeline(Readable.from(pacePieces(body), { objectMode: false }), response).catch(() => undefined);
}

async function* pacePieces({ pieces, cutAfter = Infinity, pieceDelayMs = 0 }: StreamedBody): AsyncGenerator<Buffer> {
  let sent = 0;
  for (const piece of pieces) {
    if (pieceDelayMs > 0) await pause(pieceDelayMs);
    if (sent + piece.length > cutAfter) {
      yield piece.subarray(0, cutAfter - sent);
      await pause(10); // what was sent is to arrive
      throw new Error('cut as scripted');
    }
    yield piece;
    sent += piece.length;
  }
}
