import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errcodes } from '../../../src/wire/error-table/errcode.ts';
import { fileServer } from '../support/harness.ts';

const server = await fileServer();
const { call } = server;

test.each([
  ['POST', '/user/nothing'],
  ['GET', '/user'],
  ['GET', '/robot/nothing?access_token=x'],
  ['POST', '/media/upload/more'],
  ['GET', '/chat/nothing'],
  ['PUT', '/department/nothing'],
  ['GET', '/call_back/nothing'],
  ['GET', '/gettoken/more'],
  ['POST', '/microapp/list?access_token=x'],
  ['POST', '/message/send'],
  ['GET', '/sns/getuserinfo'],
  ['POST', '/topapi'],
  ['POST', '/topapi/'],
])('%s %s, which is no call of the old host, answers HTTP 200 with errcode 404', async (method, path) => {
  const { status, text, headers } = await call(method, path, method === 'GET' ? {} : { body: {} });
  expect([status, text]).toEqual([200, '{"errcode":404,"errmsg":"请求的URI地址不存在"}']);
  expect(headers['content-type']).toBe('application/json;charset=utf-8');
});

test.each([
  ['/topapi/nothing', 'dingtalk.oapi.nothing'],
  ['/topapi/app/remove_auth?access_token=x', 'dingtalk.oapi.app.remove_auth'],
  [`/topapi/${'x'.repeat(5000)}`, `dingtalk.oapi.${'x'.repeat(200)}`],
])('an unknown call under /topapi/ is named by its path in dots (%s)', async (path, name) => {
  const { status, text, headers } = await call('POST', path, { body: '{"broken' });
  const submsg = `不合法ApiName，ApiName = ${name}`;
  const request_id = headers['x-acs-request-id'];
  expect([status, text]).toEqual([
    200,
    JSON.stringify({ errcode: 22, sub_msg: submsg, errmsg: `Invalid method[submsg=${submsg}]`, request_id }),
  ]);
});

test.each(['/users/nothing', '/topapis/x', '/robots', '/v1.0/topapi/x', '/x'])(
  'other unknown paths answer 404 in the form of the versioned API (%s)',
  async (path) => {
    const { status, body } = await call('GET', path);
    expect([status, body.code]).toEqual([404, 'InvalidAction.NotFound']);
  },
);

test('the list of requests has the cause of a failed call of the old host', async () => {
  await call('POST', '/topapi/some/call', { body: {} });
  const { body } = await call('GET', '/emulator/v1/requests', { query: { limit: '1000' } });
  const last = (body.requests as { error?: unknown }[]).at(-1);
  expect(last?.error).toEqual({ code: '22', why: 'there is no POST /topapi/some/call' });
});

test('every errcode is in the reference and in COMPATIBILITY.md', () => {
  const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
  const documented = [...read('docs/reference/errors.md').matchAll(/^\| (-?\d+) \|/gm)].map(([, code]) => Number(code));
  expect(documented.toSorted()).toEqual(Object.keys(errcodes).map(Number).toSorted());
  const compared = read('COMPATIBILITY.md');
  for (const code of Object.keys(errcodes)) expect(compared).toMatch(new RegExp(`^\\| \`errcode\` .*${code}\\b`, 'm'));
});
