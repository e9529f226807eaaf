import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serve } from '../support/serve';

/** What becomes of an answer in the middle of its body: the connection is cut, or nothing more comes. */
export type Spoilt = 'cut' | 'stalled';

/** A way to the simulator that spoils answers. */
export interface Wire {
  readonly endpoint: string;
  /** The requests that came, as their paths with the query and what range they ask for. */
  readonly asked: readonly string[];
  /** Spoils the next answers to requests that match; resolves when the first one is spoilt. */
  spoil(how: Spoilt, match: RegExp, times?: number): Promise<void>;
}

/** Opens a way to an S3; it ends with the test. */
export async function openWire(s3: string): Promise<Wire> {
  const asked: string[] = [];
  const plans: { readonly how: Spoilt; readonly match: RegExp; left: number; readonly done: () => void }[] = [];
  const endpoint = await serve((incoming, response) => {
    const line = `${incoming.url ?? ''} ${incoming.headers.range ?? ''}`.trim();
    asked.push(line);
    const plan = plans.find(({ match, left }) => left > 0 && match.test(line));
    if (plan !== undefined) plan.left -= 1;
    void forward(s3, incoming, response, plan?.how).then(plan?.done);
  });
  return {
    endpoint,
    asked,
    spoil: (how, match, times = 1) => new Promise((done) => plans.push({ how, match, left: times, done })),
  };
}

async function forward(s3: string, incoming: IncomingMessage, response: ServerResponse, how?: Spoilt): Promise<void> {
  const { method = '', url = '', headers } = incoming;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(s3 + url, { method, headers }, resolve)
      .on('error', reject)
      .end();
  });
  const body = await buffer(answer);
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  if (how === undefined) {
    response.end(body);
    return;
  }
  await new Promise((resolve) => response.write(body.subarray(0, body.length / 2), resolve));
  if (how === 'cut') response.destroy();
}
