// A static server that answers HEAD and GET as S3 does: a file in memory, over HTTPS. In a process of its own, so that
// its encryption is not measured with the client. Arguments: the file, and the folder of key.pem and cert.pem.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

import { crc64Nvme } from '../../lib/rdb/crc64.js';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */

const [file = '', certificates = ''] = process.argv.slice(2);
const content = readFileSync(file);
const { high, low } = crc64Nvme(content);
const checksum = Buffer.alloc(8);
checksum.writeUInt32BE(high, 0);
checksum.writeUInt32BE(low, 4);
const etag = `"${checksum.toString('hex')}"`;

const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(certificates, name)));
const server = createServer({ key, cert }, answer);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port, size: content.length, etag });
});
process.on('disconnect', () => process.exit());

/**
 * Every key is the same file; of those that end in `summed.rdb` S3 keeps a checksum.
 *
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
function answer({ method, url = '', headers }, response) {
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag) {
    response.writeHead(412).end();
    return;
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const isRange = first !== undefined && last !== undefined;
  const [from, to] = isRange ? [Number(first), Math.min(Number(last) + 1, content.length)] : [0, content.length];
  const isSummed = new URL(url, 'https://127.0.0.1').pathname.endsWith('summed.rdb');
  response.writeHead(isRange ? 206 : 200, {
    etag,
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream',
    'content-length': to - from,
    ...(isRange && { 'content-range': `bytes ${from}-${to - 1}/${content.length}` }),
    ...(isSummed &&
      !isRange && {
        'x-amz-checksum-crc64nvme': checksum.toString('base64'),
        'x-amz-checksum-type': 'FULL_OBJECT',
      }),
  });
  response.end(method === 'HEAD' ? undefined : content.subarray(from, to));
}
