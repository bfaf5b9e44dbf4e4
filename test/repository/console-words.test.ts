/** The console has a Chinese text for each English message of the server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saidInChinese } from '../../web/console/texts/errors-zh.ts';
import { testServer } from '../conformance/support/harness.ts';
import { aesKey, answerPush, token } from '../conformance/support/push.ts';
import { startReceiver } from '../conformance/support/receiver.ts';
import { bearer } from '../conformance/support/world.ts';
import { root } from '../support/pages.ts';

/** English words, except names. */
const english = (text: string) => text.match(/\b(?!userId|name|CSV|UTF|corp-|xx)[a-zA-Z]{2,}\b/g);

const folder = join(root, 'src', 'core', 'console');
const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

/** Every reason in the sources, with example values for its placeholders. */
const reasons = sources
  .flatMap((text) => [
    ...text.matchAll(
      /huizhiError\('huizhi\.(?:conflict|notFound)',\s*(['`])((?:(?!\1).)+)\1\)|return (['`])(\w+ (?:(?!\3).)+)\3/g,
    ),
  ])
  .map(([, , thrown, , returned]) =>
    (thrown ?? returned ?? '').replace(/\$\{(\w+)[^}]*\}/g, (_, what) =>
      what === 'fields' || what === 'earlier' ? '7' : 'xx',
    ),
  );

test('every reason with which the console’s calls refuse has a Chinese text', () => {
  expect(reasons.length).toBeGreaterThan(20);
  for (const reason of reasons) expect([reason, english(saidInChinese(`Conflict: ${reason}`))]).toEqual([reason, null]);
});

test('real refusals of the server are shown in Chinese', async () => {
  const { call, adminToken } = await testServer();
  const headers = bearer(adminToken);
  const said = async (method: string, path: string, body?: object) =>
    saidInChinese(String((await call(method, `/console/v1/${path}`, { headers, ...(body && { body }) })).body.message));
  expect(await said('POST', 'organizations', { corpId: 'corp-one', name: 'x' })).toBe('冲突：组织 corp-one 已存在');
  expect(await said('GET', 'messages/abc')).toBe('未找到：消息 abc 不存在');
  expect(await said('POST', 'users', { corpId: 'corp-one', userId: 'a b', name: 'x' })).toBe(
    '请求有误：userId: 须为 1 到 128 个字符，不含空格，也不能只是 . 或 ..',
  );
  expect(await said('PUT', 'apps/app-one/messageUrl', { messageUrl: 'ftp://x' })).toBe(
    '请求有误：地址须以 http:// 或 https:// 开头',
  );
  const csv = 'userId,name\na,b\n,c\na,d\nonly\n"x"y,z\nq,\n';
  const { body } = await call('POST', '/console/v1/users/import', {
    headers,
    body: { corpId: 'corp-one', csv, dryRun: true },
  });
  const messages = (body.errors as { message: string }[]).map(({ message }) => saidInChinese(message));
  expect(messages).toHaveLength(5);
  for (const message of messages) expect([message, english(message)]).toEqual([message, null]);
});

test('the reasons why an address of pushes is refused are shown in Chinese', async () => {
  const [server, strict] = [
    await testServer(),
    await testServer({ command: 'serve', secret: 'a-secret-of-this-server' }),
  ];
  const receiver = await startReceiver();
  const said = async (url: string, { call, adminToken } = server) => {
    const body = { url, types: ['robot_msg_read'], token, aesKey };
    const reply = await call('PUT', '/console/v1/apps/app-one/push', { headers: bearer(adminToken), body });
    return saidInChinese(String(reply.body.message));
  };
  receiver.react({ status: 503, body: 'not\ntoday' });
  expect(await said(receiver.url)).toBe('请求有误：推送地址对 check_url 的响应状态码为 503，须为 2xx');
  receiver.react(answerPush({ token, aesKey, ownerKey: 'corp-one' }));
  expect(await said(receiver.url)).toBe(
    '请求有误：推送地址对 check_url 的响应（状态码 200）不是加密的 success，请检查接收程序的令牌、aesKey 和 ownerKey',
  );
  receiver.react({ never: true });
  expect(await said(receiver.url)).toBe('请求有误：推送地址没有在 2500 毫秒内响应 check_url');
  expect(await said('http://127.0.0.1:1/')).toMatch(/^请求有误：推送地址没有响应 check_url：connect ECONNREFUSED/);
  for (const url of ['http://127.0.0.1:1/', 'http://localhost:1/'])
    expect(await said(url, strict)).toMatch(
      /^请求有误：(?:127\.0\.0\.1|::1) 是本机、内网或特殊地址，--callback-allow 未放行$/,
    );
  expect(await said('http://127.0.0.1:0/')).toBe('请求有误：地址的端口不能为 0');
});
