import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { becomes, pages } from './harness.ts';
import { desk } from './operator.ts';

const { needsBrowser, server, visitor } = await pages();

const slow = { timeout: 60_000 };

/** What becomes of an answer when half of its body is on its way: no more of it comes, or the connection is cut. */
type Fate = 'held' | 'cut';

/** Stands between a browser and the server; the next answer to a path has the fate that was set for it. */
async function between() {
  const fates = new Map<string, Fate>();
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, headers, url = '' } = incoming;
    const forward = httpRequest(server.url + url, { method, headers });
    incoming.pipe(forward);
    const [answer] = (await once(forward, 'response')) as [IncomingMessage];
    outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
    const [path = ''] = url.split('?');
    const fate = fates.get(path);
    if (fate === undefined) return void answer.pipe(outgoing);
    const body = Buffer.concat(await answer.toArray());
    outgoing.write(body.subarray(0, body.length / 2), () => {
      fates.delete(path);
      if (fate === 'cut') outgoing.destroy();
    });
  };
  const proxy = createServer((incoming, outgoing) => void pass(incoming, outgoing)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  await once(proxy, 'listening');
  return { fates, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}

test('who types on while the body of an answer still comes finds whom he looks for', slow, async (context) => {
  needsBrowser(context);
  const { fates, url } = await between();
  fates.set('/inbox/v1/people', 'held');
  const page = await (await visitor()).newPage();
  await page.goto(url);
  await becomes(async () => fates.size, 0);
  await page.getByRole('searchbox').fill('of u05');
  await becomes(() => page.locator('.people button b').allTextContents(), ['Name of u05']);
});

test('an answer that breaks off in its body is told as such, and can be asked for again', slow, async (context) => {
  needsBrowser(context);
  const { fates, url } = await between();
  const { page } = await desk({ server: { ...server, url }, visitor }).operator('/audit?corpId=corp-one');
  fates.set('/console/v1/statistics', 'cut');
  await page.getByRole('link', { name: 'Overview' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
  await alert.waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Deliveries').first().waitFor();
  expect(await alert.count()).toBe(0);
});
