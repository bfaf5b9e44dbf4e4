import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';

const { needsBrowser, opened, receipt, sent, call } = await pages({ remotePictures: 'block' });

const slow = { timeout: 90_000 };

/** A picture host that records its requests. */
const requested: string[] = [];
const host = createServer((request, response) => {
  requested.push(request.url ?? '');
  response.writeHead(404).end();
}).listen(0, '127.0.0.1');
afterAll(() => host.close());
const picture = (name: string) => `http://127.0.0.1:${(host.address() as AddressInfo).port}/${name}.png`;

test('blocked pictures are never requested; links replace them, and messages can be read', slow, async (context) => {
  needsBrowser(context);
  const kinds: readonly (readonly [string, object])[] = [
    ['sampleImageMsg', { photoURL: picture('image') }],
    [
      'sampleMarkdown',
      { title: 'M', text: `![plan](${picture('markdown')}) [![in](${picture('inside')})](https://example.com/)` },
    ],
    ['sampleLink', { title: 'L', text: 'text', messageUrl: 'https://example.com/', picUrl: picture('link') }],
  ];
  const keys: string[] = [];
  for (const [msgKey, param] of kinds)
    keys.push(await sent({ userIds: ['u01'], msgKey, msgParam: JSON.stringify(param) }));
  const page = await opened('u01', 'robot-one');
  const links = page.locator('a.blocked-picture');
  await becomes(
    () => links.evaluateAll((all) => all.map((one) => one.getAttribute('href'))),
    ['image', 'markdown', 'inside', 'link'].map(picture),
  );
  expect(await page.locator('.message img').count()).toBe(0);
  for (const key of keys) await becomes(async () => (await receipt(key)).messageReadInfoList[0]?.readStatus, 'READ');
  expect(requested).toEqual([]);
});

test('the content security policy of both pages blocks pictures of other hosts', async () => {
  for (const path of ['/', '/console']) {
    const { headers } = await call('GET', path);
    expect(headers['content-security-policy'], path).toContain("img-src 'self' data:;");
  }
});
