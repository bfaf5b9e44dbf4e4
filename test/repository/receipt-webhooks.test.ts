/** The programs of the page about webhooks verify signatures. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { blocksOf, pageText, root } from '../support/pages.ts';

const blocks = blocksOf(pageText('docs/how-to/receive-receipts.md'));
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const body = '{"type":"receipt.read","number":1,"data":{"userId":"曲大岳"}}';

/** Returns the first program of the page in a language. */
const programOf = (language: string) => blocks.find((block) => block.language === language)?.text ?? '';

/** Starts a receiver of the page. Returns its URL and the lines that it prints. */
async function startReceiver(file: string, args: readonly string[]) {
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: '0', PYTHONIOENCODING: 'utf-8' };
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const [, port] = (await next()).split(' ');
  return { url: `http://127.0.0.1:${port}/receipts`, next };
}

function sign(by: readonly string[], at = new Date()): Record<string, string> {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': by.map((one) => new Webhook(one).sign('evt_1', at, body)).join(' '),
  };
}

test.each([
  ['js', process.execPath, ['--input-type=module', '--eval']],
  ['python', 'python3', ['-c']],
])('the %s program accepts what is signed with its secret, and nothing else', async (language, file, args) => {
  const { url, next } = await startReceiver(file, [...args, programOf(language)]);
  const post = async (headers: Record<string, string>, text = body) =>
    (await fetch(url, { method: 'POST', headers, body: text })).status;
  expect(await post(sign([secret]))).toBe(200);
  expect(await next()).toBe('receipt.read 曲大岳');
  expect(await post(sign([other, secret]))).toBe(200);
  expect(await post(sign([other]))).toBe(401);
  expect(await post(sign([secret]), `${body} `)).toBe(401);
  expect(await post(sign([secret], new Date(Date.now() - 600_000)))).toBe(401);
  expect(await post({})).toBe(401);
});

test('the test of the page passes', async () => {
  const program = blocks.findLast(({ language }) => language === 'js')?.text ?? '';
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
});
