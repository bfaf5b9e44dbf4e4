/** The console has a Chinese text for each English message of the server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saidInChinese } from '../../web/console/texts/errors-zh.ts';
import { testServer } from '../conformance/support/harness.ts';
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
  const csv = 'userId,name\na,b\n,c\na,d\nonly\n"x"y,z\nq,\n';
  const { body } = await call('POST', '/console/v1/users/import', {
    headers,
    body: { corpId: 'corp-one', csv, dryRun: true },
  });
  const messages = (body.errors as { message: string }[]).map(({ message }) => saidInChinese(message));
  expect(messages).toHaveLength(5);
  for (const message of messages) expect([message, english(message)]).toEqual([message, null]);
});
