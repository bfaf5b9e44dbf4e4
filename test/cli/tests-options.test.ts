/** The options of `huizhi dev` for tests that start it as a child process. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { folder, main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

type Facts = Readonly<Record<string, string>>;
type Started = { readonly child: ChildProcessByStdio<Writable, Readable, Readable>; readonly facts: Facts };

/** Starts `huizhi dev`, and waits until it listens. */
async function startDev(...options: readonly string[]): Promise<Started> {
  const args = [main, 'dev', '--port', '0', '--json', ...options];
  const child = spawn(process.execPath, args, { cwd: folder(), env: bareEnvironment, stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, facts: JSON.parse(String(line)) as Facts };
}

test('dev --exit-with-stdin prints its facts with the version, and stops at the end of its input', async () => {
  const { child, facts } = await startDev('--exit-with-stdin');
  expect(facts).toMatchObject({ version, corpId: 'dingcorp0001', robotCode: 'dingzxcifuvdfbvegdf' });
  expect(facts.userIds).toContain('user001');
  const log = text(child.stderr);
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(await log).toContain('end of input');
});

test('dev --exit-with-stdin stops after a signal while its input is open', async () => {
  const { child } = await startDev('--exit-with-stdin');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('dev without the option does not read its input', async () => {
  const { child, facts } = await startDev();
  child.stdin.end();
  expect((await fetch(`${facts.url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  await once(child, 'close');
});

test('dev --await-deliveries handles each request after the deliveries of earlier messages', async () => {
  const { facts } = await startDev('--await-deliveries', '--exit-with-stdin');
  const { url = '', appKey, appSecret, robotCode = '' } = facts;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const post = async (path: string, body: object) =>
    (await (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Facts;
  const { accessToken = '' } = await post('/v1.0/oauth2/accessToken', { appKey, appSecret });
  headers['x-acs-dingtalk-access-token'] = accessToken;
  for (let i = 0; i < 20; i++) {
    const message = { robotCode, userIds: ['user001'], msgKey: 'sampleText', msgParam: '{"content":"hello"}' };
    const { processQueryKey = '' } = await post('/v1.0/robot/oToMessages/batchSend', message);
    const query = new URLSearchParams({ robotCode, processQueryKey });
    const answer = await fetch(`${url}/v1.0/robot/oToMessages/readStatus?${query}`, { headers });
    expect(await answer.json()).toMatchObject({ sendStatus: 'SUCCESS' });
  }
});
