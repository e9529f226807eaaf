import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test, describe } from 'vitest';
import { listObjects } from '../../src/aws/listing';
import { classifyS3Fault } from '../../src/aws/s3-faults';
import { serve } from '../support/serve';

const BUCKET = 'acme-backups';

const entry = (key: string) => `<Contents><Key>${key}</Key><Size>3</Size><ETag>"e"</ETag></Contents>`;
const page = (content: string) => `<?xml version="1.0"?><ListBucketResult>${content}</ListBucketResult>`;
const token = (text: string) => `<IsTruncated>true</IsTruncated><NextContinuationToken>${text}</NextContinuationToken>`;
const END = '<IsTruncated>false</IsTruncated>';
const count = (keys: number) => `<KeyCount>${keys}</KeyCount>`;

/** Lists through the SDK what a server answers, page after page; it tells how many pages were asked for. */
async function list(pages: (n: number) => string): Promise<{ readonly asked: number; readonly outcome: unknown }> {
  let asked = 0;
  const endpoint = await serve((_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/xml' }).end(pages(asked));
  });
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const s3 = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials, maxAttempts: 1 });
  onTestFinished(() => s3.destroy());
  const outcome = await listObjects({ s3, name: BUCKET, owner: undefined }, 'n-').then(
    (objects) => objects.map(({ key }) => key),
    (error: unknown) => classifyS3Fault(error)
  );
  return { asked, outcome };
}

describe('a listing that contradicts itself is trouble, and ends', () => {
  test.for<readonly [what: string, pages: (n: number) => string, asked: number]>([
    ['cut, without a token', () => page(count(1) + entry('n-1') + '<IsTruncated>true</IsTruncated>'), 1],
    [
      'cut, with an empty token',
      () => page(count(1) + entry('n-1') + '<IsTruncated>true</IsTruncated><NextContinuationToken/>'),
      1,
    ],
    ['the same token on every page', (n) => page(count(1) + entry(`n-${n}`) + token('t')), 2],
    ['two tokens in turn', (n) => page(count(1) + entry(`n-${n}`) + token(`t${n % 2}`)), 3],
    ['the same keys on every page', (n) => page(count(1) + entry('n-1') + token(`t${n}`)), 2],
    ['a key twice on a page', () => page(count(2) + entry('n-1') + entry('n-1') + END), 1],
    ['empty pages without end', (n) => page(count(0) + token(`t${n}`)), 101],
    ['more keys than it counts', () => page(count(1) + entry('n-1') + entry('n-2') + END), 1],
    ['fewer keys than it counts', () => page(count(2) + entry('n-1') + END), 1],
    ['complete, with a token', () => page(count(1) + entry('n-1') + END + token('t').replace(/<Is.*true.*?>/, '')), 1],
    ['a key of another prefix', () => page(count(1) + entry('other') + END), 1],
    ['an entry without an ETag', () => page(`${count(1)}<Contents><Key>n-1</Key><Size>3</Size></Contents>${END}`), 1],
    ['no listing at all', () => '<?xml version="1.0"?><Tagging><TagSet/></Tagging>', 1],
    ['a login page that is XML', () => '<html><body><Name>Sign in</Name></body></html>', 1],
    ['a listing of another bucket', () => page('<Name>other</Name>'), 1],
  ])('%s', async ([, pages, asked]) => {
    const listed = await list(pages);

    expect(listed).toMatchObject({ asked, outcome: { name: 'BadAnswer', meaning: 'trouble' } });
  });
});

describe('a listing is believed', () => {
  test.for<readonly [what: string, pages: (n: number) => string, keys: string[]]>([
    ['without KeyCount, where there are keys', () => page(entry('n-1') + END), ['n-1']],
    ['without KeyCount, where it tells that it is complete', () => page(`<Name>${BUCKET}</Name>${END}`), []],
    ['without KeyCount and IsTruncated, where it tells the bucket', () => page(`<Name>${BUCKET}</Name>`), []],
    ['over pages', (n) => page(count(1) + entry(`n-${n}`) + (n < 3 ? token(`t${n}`) : END)), ['n-1', 'n-2', 'n-3']],
    [
      'over pages without a key',
      (n) => page(n < 50 ? count(0) + token(`t${n}`) : count(1) + entry('n-1') + END),
      ['n-1'],
    ],
    ['in any order', () => page(count(2) + entry('n-2') + entry('n-1') + END), ['n-2', 'n-1']],
  ])('%s', async ([, pages, keys]) => {
    expect((await list(pages)).outcome).toEqual(keys);
  });
});
