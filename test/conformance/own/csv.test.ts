import { expect, test } from 'vitest';
import { type Fields, testServer } from '../support/harness.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const corpId = 'corp-one';

async function createScene() {
  const server = await testServer();
  const headers = bearer(server.adminToken);
  const ask = (csv: string, dryRun = false) =>
    server.call('POST', '/console/v1/users/import', { headers, body: { corpId, csv, dryRun } });
  const users = async (text: string) => {
    const query = { corpId, text, limit: '100' };
    const reply = await server.call('GET', '/console/v1/users', { headers, query });
    return (ok(reply).users as Fields[]).map(({ userId, name }) => `${userId} ${name}`);
  };
  return { ...world(server), headers, ask, users, bring: async (csv: string) => ok(await ask(csv)) };
}

test.each([
  ['\n', 'a mark of byte order and Unix line ends'],
  ['\r\n', 'Windows line ends'],
  ['\r', 'the line ends of old spreadsheets'],
])('lines that end with %j are read, also within quoted fields', async (end) => {
  const { bring, users } = await createScene();
  const csv = ['\uFEFFUserID,name', 'line-1,"One, ""Jo"""', '', ' line-2 , 二 ', '"line-3",Three'].join(end);
  expect(await bring(csv)).toMatchObject({ created: 3, errors: [] });
  expect(await users('line-')).toEqual(['line-1 One, "Jo"', 'line-2 二', 'line-3 Three']);
  expect(await bring(`x${end}${end}y,"${end}",${end}"z`)).toMatchObject({
    errors: [{ line: 1 }, { line: 3 }, { line: 5 }],
  });
});

test('a file in another encoding is refused with advice, and none of it is imported', async () => {
  const { ask, bring, users } = await createScene();
  // The text that a browser, or a program that ignores encodings, decodes from GBK.
  const gbk = Buffer.from([0x67, 0x31, 0x2c, 0xc7, 0xfa, 0xb4, 0xf3, 0xd4, 0xc0, 0x0d, 0x0a]).toString('utf8');
  const answer = await bring(`good,Good\n${gbk}`);
  expect(answer.errors).toEqual([{ line: 2, message: 'is not UTF-8: save the file as CSV UTF-8' }]);
  expect(await users('good')).toEqual([]);
  expect(refusal(await ask('u\u0000s\u0000e\u0000r\u0000'))).toEqual([400, 'huizhi.badRequest']);
});

test('a userId in two lines is an error of the second, which names the first', async () => {
  const { bring, users } = await createScene();
  expect(await bring('twice,A\nother,B\ntwice,A\n')).toMatchObject({
    created: 2,
    errors: [{ line: 3, message: 'userId twice is already in line 1' }],
  });
  expect(await users('twice')).toEqual([]);
});

test('ten thousand lines are imported at once; importing them again changes nothing', async () => {
  const { bring, users } = await createScene();
  const csv = Array.from({ length: 10_000 }, (_, i) => `person-${i},第${i}人`).join('\r\n');
  expect(await bring(csv)).toMatchObject({ created: 10_000, renamed: 0, unchanged: 0, errors: [] });
  expect(await bring(csv)).toMatchObject({ created: 0, renamed: 0, unchanged: 10_000 });
  expect(await users('第0人')).toEqual(['person-0 第0人']);
});

test('a file larger than a body may be is refused before it is parsed', async () => {
  const { ask } = await createScene();
  expect(refusal(await ask('person,name\n'.repeat(90_000)))).toEqual([413, 'huizhi.tooLarge']);
});

test('of a file with errors in every line the first 200 are reported', async () => {
  const { bring } = await createScene();
  const { errors } = (await bring(',\n'.repeat(150_000))) as { errors: readonly { line: number }[] };
  expect(errors.map(({ line }) => line)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
});

test('no cell of an export is a formula, whatever its name or userId', async () => {
  const { call, sent, headers } = await createScene();
  const begins = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
  for (const [i, begin] of begins.entries()) {
    const body = { corpId, userId: `${begin}${i}+cmd|'/C calc'!A0`.replaceAll(' ', ''), name: `${begin}SUM(1,2)` };
    ok(await call('POST', '/console/v1/users', { headers, body }));
  }
  await sent({ userIds: begins.map((begin, i) => `${begin}${i}+cmd|'/Ccalc'!A0`) });
  const list = ok(await call('GET', '/console/v1/messages', { headers, query: { corpId } }));
  const [{ messageId } = { messageId: '' }] = list.messages as { messageId: string }[];
  const { text } = await call('GET', `/console/v1/messages/${messageId}/recipients.csv`, { headers });
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  expect(head.startsWith('\uFEFFuserId,')).toBe(true);
  expect(lines).toHaveLength(begins.length);
  for (const [i, line] of lines.entries()) {
    expect(line.startsWith(`'${begins[i]}${i}+cmd|'/Ccalc'!A0,"'${begins[i]}SUM(1,2)",UNREAD,`)).toBe(true);
  }
});
