/** `huizhi admin custom-robots|endpoints`: the built program against the built server. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bearer } from '../conformance/support/world.ts';
import { fileAdministered } from './admin.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 120_000 });

const { admin, read, child } = await fileAdministered(' --callback-allow 127.0.0.1');

const onceOnly = (what: string) => `${what} shown only once; store it safely.\n`;

test('a custom robot is added, limited, gets a new token and secret, and is removed', async () => {
  const [{ openConversationId: group = '' } = {}] = await read('groups add --name 报警群 --owner alice');
  const line = `custom-robots add --group ${group} --name 报警 --keyword 报警,恢复 --sign true`;
  const made = await admin(`${line} --json`);
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining(onceOnly('The token and the secret are'))]);
  const { robotCode, token, secret } = JSON.parse(made.stdout) as Record<string, string>;
  const send = async (accessToken: unknown, signed: unknown) => {
    const timestamp = Date.now();
    const sign = createHmac('sha256', String(signed)).update(`${timestamp}\n${signed}`).digest('base64');
    const query = new URLSearchParams({ access_token: String(accessToken), timestamp: String(timestamp), sign });
    const body = { msgtype: 'text', text: { content: '报警' } };
    return (await child.call('POST', `/robot/send?${query}`, { body })).body.errcode;
  };
  expect(await send(token, secret)).toBe(0);
  const [renewed] = await read(`custom-robots token ${robotCode}`);
  const [signed] = await read(`custom-robots secret ${robotCode}`);
  expect(await send(renewed?.token, signed?.secret)).toBe(0);
  expect(await send(token, signed?.secret)).not.toBe(0);
  expect(await read(`custom-robots list --group ${group}`)).toMatchObject([{ robotCode, keywords: ['报警', '恢复'] }]);
  await read(`custom-robots update ${robotCode} --keyword , --address 10.0.0.0/8 --sign false --disabled true`);
  const changed = { keywords: [], addresses: ['10.0.0.0/8'], sign: false, disabled: true };
  expect(await read(`custom-robots show ${robotCode}`)).toMatchObject([changed]);
  expect((await admin('custom-robots list --csv')).stdout).toMatch(
    /^robotCode,name,.*\n.*,报警,.*,10\.0\.0\.0\/8,true\n$/,
  );
  expect(await admin(`custom-robots update ${robotCode} --sign true`)).toMatchObject({ code: 2, stdout: '' });
  const elsewhere = await admin(`custom-robots remove ${robotCode}`, { env: { HUIZHI_CORP: 'corp-two' } });
  expect(elsewhere).toMatchObject({ code: 1, stdout: '' });
  await read(`custom-robots remove ${robotCode}`);
  expect(await read('custom-robots list')).toEqual([]);
  const shown = JSON.stringify([await read('audit list'), child.output()]);
  for (const text of [token, secret, renewed?.token, signed?.secret]) expect(shown).not.toContain(text);
});

/** A server that gets webhooks and answers them with a status. */
async function startReceiver(status: number) {
  const types: unknown[] = [];
  const server = createServer(async (request, answer) => {
    const chunks = await request.toArray();
    types.push((JSON.parse(Buffer.concat(chunks).toString()) as { type?: unknown }).type);
    answer.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, types };
}

test('an endpoint is added, tested, changed, gets a new secret, and is removed', async () => {
  const [good, bad] = [await startReceiver(204), await startReceiver(500)];
  const made = await admin(`endpoints add --url ${good.url} --json`);
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining(onceOnly('The secret is'))]);
  const { endpointId, secret } = JSON.parse(made.stdout) as Record<string, string>;
  expect((await admin('endpoints list')).stdout).toMatch(new RegExp(`^endpointId .*\\n${endpointId} .* all +no `));
  expect(await read('endpoints list')).toMatchObject([{ endpointId, types: null }]);
  expect(await admin(`endpoints test ${endpointId}`)).toMatchObject({ code: 0 });
  expect(good.types).toEqual(['test']);
  await read(`endpoints update ${endpointId} --url ${bad.url} --type receipt.read,receipt.recalled --description x`);
  const failed = await admin(`endpoints test ${endpointId} --json`);
  expect([failed.code, JSON.parse(failed.stdout)]).toEqual([1, expect.objectContaining({ status: 500 })]);
  expect(await read(`endpoints update ${endpointId} --type all --disabled true`)).toMatchObject([
    { types: null, description: 'x', disabled: 'operator' },
  ]);
  const [rotated] = await read(`endpoints rotate ${endpointId}`);
  expect(rotated?.secret).toMatch(/^whsec_/);
  expect(rotated?.secret).not.toBe(secret);
  const unknown = await admin(`endpoints update ${endpointId} --type receipt.red`);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('huizhi.badRequest')]);
  await read(`endpoints remove ${endpointId}`);
  expect(await read('endpoints list')).toEqual([]);
});

test('--dry-run changes no custom robot and no endpoint', async () => {
  const [{ openConversationId: group = '' } = {}] = await read('groups add --name 报警群 --owner alice');
  const [{ robotCode = '' } = {}] = await read(`custom-robots add --group ${group} --name 报警`);
  const [{ endpointId = '' } = {}] = await read('endpoints add --url http://127.0.0.1:9/hook');
  const state = async () => {
    const read = (path: string) => child.call('GET', `/console/v1/${path}`, { headers: bearer(child.adminToken) });
    const paths = ['customRobots?corpId=corp-one', 'endpoints?corpId=corp-one', 'audit'];
    return Promise.all(paths.map(async (path) => (await read(path)).text));
  };
  const before = await state();
  const lines = [
    [`custom-robots add --group ${group} --name x --sign true`, 0],
    ['custom-robots add --group cid-none --name x', 1],
    [`custom-robots update ${robotCode} --name x`, 0],
    [`custom-robots token ${robotCode}`, 0],
    [`custom-robots secret ${robotCode}`, 0],
    [`custom-robots remove ${robotCode}`, 0],
    ['custom-robots remove none', 1],
    ['endpoints add --url http://127.0.0.1:9/other', 0],
    [`endpoints update ${endpointId} --disabled true`, 0],
    [`endpoints rotate ${endpointId}`, 0],
    [`endpoints remove ${endpointId}`, 0],
    ['endpoints remove none', 1],
  ] as const;
  for (const [line, code] of lines) {
    const dry = await admin(`${line} --dry-run`);
    expect([line, dry.code]).toEqual([line, code]);
    expect(dry.stderr).not.toContain('shown only once');
  }
  expect(await state()).toEqual(before);
});
