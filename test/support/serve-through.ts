import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from './serve';

/** Changes the text of an answer; undefined: it goes through as it is. */
export type ChangeAnswer = (asked: IncomingMessage, answer: string) => string | undefined;

/** The address of a server that passes requests on to another one, and changes what comes back to a listing. */
export function serveThrough(target: () => string, change: ChangeAnswer): Promise<string> {
  return serve((asked, answering) => {
    const { method, headers, url = '' } = asked;
    const onward = request(`${target()}${url}`, { method, headers }, (answer) => {
      const { statusCode = 502, headers: given } = answer;
      if (!url.includes('list-type=2')) {
        answering.writeHead(statusCode, given);
        answer.pipe(answering);
        return;
      }
      void text(answer).then((body) => {
        const changed = change(asked, body) ?? body;
        answering.writeHead(statusCode, { ...given, 'content-length': Buffer.byteLength(changed) }).end(changed);
      });
    });
    onward.on('error', () => answering.destroy());
    asked.pipe(onward);
  });
}
