/** The program of the page about encrypted HTTP pushes decrypts what huizhi sends, and its answer is success. */
import { expect, test } from 'vitest';
import { internalRanges } from '../../src/core/callbacks/addresses.ts';
import type { PushKeys } from '../../src/core/callbacks/encrypted.ts';
import { tryPushText } from '../../src/core/subscriptions/push/attempt.ts';
import { startPageProgram } from '../support/page-program.ts';
import { blocksOf, pageText } from '../support/pages.ts';

const keys: PushKeys = {
  token: 'token-of-push',
  aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  ownerKey: 'dingappinternal',
};

/** Starts the program of the page. Returns its URL and the lines that it prints. */
async function startProgram() {
  const program = blocksOf(pageText('docs/how-to/receive-events.md')).find(({ language }) => language === 'js')?.text;
  const { token: PUSH_TOKEN, aesKey: PUSH_AES_KEY, ownerKey: PUSH_OWNER } = keys;
  const args = ['--input-type=module', '--eval', program ?? ''];
  const { port, next } = await startPageProgram(process.execPath, args, { PUSH_TOKEN, PUSH_AES_KEY, PUSH_OWNER });
  return { url: `http://127.0.0.1:${port}/events`, next };
}

test('the program of the page answers success to pushes with its keys, and refuses others', async () => {
  const { url, next } = await startProgram();
  const context = {
    options: { callbackAllow: internalRanges },
    clock: { now: () => Date.now() },
    randomBytes: (size: number) => new Uint8Array(size).fill(7),
  };
  const push = (text: string, given: PushKeys = keys) => tryPushText(context, url, [given], text);
  expect(await push('{"EventType":"check_url"}')).toMatchObject({ result: 'delivered', status: 200 });
  expect(await next()).toBe('check_url  ');
  expect(await push('{"EventType":"robot_msg_read","UserId":"曲大岳","ProcessQueryKey":"k"}')).toMatchObject({
    ...{ result: 'delivered', status: 200 },
  });
  expect(await next()).toBe('robot_msg_read 曲大岳 k');
  expect(await push('{}', { ...keys, token: 'another-token' })).toMatchObject({ result: 'failed', status: 401 });
});
