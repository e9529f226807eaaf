import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Aborted when the client hangs up or the server is closed. */
  readonly signal: AbortSignal;
}

/** What is sent back. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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
  const body = await text(request).catch(() => undefined);
  if (body === undefined) return; // the client hung up in the middle
  const { method = '', url: path = '', headers } = request;
  const reply = await answer({ method, path, headers, body, signal: gone.signal });
  if (gone.signal.aborted) return;
  if (!reply) {
    request.socket.destroy();
    return;
  }
  const length = { 'content-length': String(Buffer.byteLength(reply.body)) };
  response.writeHead(reply.status, { ...reply.headers, ...length }).end(reply.body);
}
