/** The files of requests in docs/reference: every request, sent in order to a huizhi with the demo data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { allCalls, omittedCalls, writtenCalls } from '../../../scripts/http-file.ts';
import { demoSetup } from '../../../src/config/demo.ts';
import { decryptPush } from '../../../src/core/callbacks/encrypted.ts';
import { folder } from '../../support/command.ts';
import { root } from '../../support/pages.ts';
import { fieldsOf, type Reply, testServer } from '../support/harness.ts';
import { createValues, type FileRequest, parseRequests, type Values } from '../support/http-file.ts';
import { checkAnswer } from '../support/openapi.ts';
import { answerPush } from '../support/push.ts';
import { type Reaction, type Received, startReceiver } from '../support/receiver.ts';

// One test sends 270 requests.
vi.setConfig({ testTimeout: 60_000 });

const keys = { token: 'a-random-token', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };

/** A program that confirms its address for encrypted pushes, and accepts messages but no events. */
function answerAsBot({ path, body }: Received): Reaction {
  if (path.startsWith('/messages')) return { body: '{}' };
  const encrypt = String(fieldsOf(body).encrypt);
  for (const ownerKey of path.startsWith('/events') ? ['dingappinternal', 'dingcorp0001'] : []) {
    const own = { ...keys, ownerKey };
    if (decryptPush(own, encrypt)?.includes('check_')) return answerPush(own);
  }
  return { status: 503 };
}

/** Lists of events, which are sent in the background. */
const filledLater = ['listEventDeliveries', 'listPushDeliveries'];

/** The session in a message that the bot got; undefined before. */
function findSession(received: readonly Received[]): string | undefined {
  const message = received.findLast(
    ({ path, body }) => path.startsWith('/messages') && body.includes('sessionWebhook'),
  );
  const { sessionWebhook } = fieldsOf(message?.body ?? '');
  return sessionWebhook === undefined
    ? undefined
    : (new URL(String(sessionWebhook)).searchParams.get('session') ?? undefined);
}

/** Sends a request as an editor does, with the cookies of earlier responses. */
async function send(
  { method, url, headers, body }: FileRequest,
  { resolve }: Values,
  cookies: Map<string, string>,
): Promise<{ readonly target: URL; readonly reply: Reply }> {
  const target = new URL(resolve(url));
  const resolved = headers.map(([name, value]): [string, string] => [name, resolve(value)]);
  // A form has other line ends than the file.
  const isForm = resolved.some(([, value]) => value.startsWith('multipart/'));
  const response = await fetch(target, {
    method,
    headers: [...resolved, ['cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')]],
    ...(body !== undefined && { body: isForm ? resolve(body).replaceAll('\n', '\r\n') : resolve(body) }),
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    cookies.set(name, value);
  }
  const text = await readText(response);
  const headersOf = Object.fromEntries(response.headers);
  return { target, reply: { status: response.status, headers: headersOf, text, body: fieldsOf(text) } };
}

/** The text of a response; empty for a stream of events, which does not end. */
async function readText(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  await response.body?.cancel();
  return '';
}

test.each(['huizhi.http', 'huizhi.jetbrains.http'])('every request of %s gets its documented success', async (name) => {
  const file = parseRequests(readFileSync(join(root, 'docs/reference', name), 'utf8'));
  const { url, adminToken } = await testServer({ setup: demoSetup, database: join(folder(), 'huizhi.db') });
  const bot = await startReceiver();
  bot.react(answerAsBot);
  const given: Readonly<Record<string, () => string | undefined>> = {
    host: () => url,
    adminToken: () => adminToken,
    bot: () => new URL(bot.url).origin,
    session: () => findSession(bot.received),
  };
  const values = createValues(file, (variable) => given[variable]?.());
  const cookies = new Map<string, string>();
  for (const request of file.requests) {
    // The message has to reach the bot first.
    if (request.name === 'replyBySession') await expect.poll(() => findSession(bot.received)).toBeDefined();
    const run = async () => {
      const { target, reply } = await send(request, values, cookies);
      const { status, text, body } = reply;
      expect([request.name, status, body.errcode ?? 0], text).toEqual([request.name, 200, 0]);
      if (text !== '') await checkAnswer(url, request.method, decodeURIComponent(target.pathname), reply);
      values.save(request, body);
    };
    await (filledLater.includes(request.name) ? vi.waitFor(run, { timeout: 15_000 }) : run());
  }
  expect(file.requests.length).toBeGreaterThan(250);
});

test('the files have every call of the document, except those that need more than a request', () => {
  expect([...new Set([...writtenCalls, ...Object.keys(omittedCalls)])].toSorted()).toEqual([...allCalls].toSorted());
  expect(writtenCalls.filter((call) => call in omittedCalls)).toEqual([]);
});

test('no request has the name of another one or of a variable', () => {
  const { requests, definitions } = parseRequests(readFileSync(join(root, 'docs/reference/huizhi.http'), 'utf8'));
  const names = requests.map(({ name }) => name);
  expect(names.length).toBe(new Set(names).size);
  expect(names.filter((name) => definitions.has(name))).toEqual([]);
});
