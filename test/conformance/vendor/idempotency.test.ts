import { expect, test } from 'vitest';
import { fileServer, testServer } from '../support/harness.ts';
import { ok, refusal, world } from '../support/world.ts';

const { advance, emulate, freeze, inboxOf, receipt, send, signIn, suiteToken } = world(await fileServer());

const once = (code: string) => ({ 'idempotency-key': code });
const count = async (userId: string) => (await inboxOf(await signIn(userId), { limit: '100' })).messages.length;

test('a repeat with the same idempotency-key gets the first answer and sends nothing', async () => {
  const first = await send({ userIds: ['u01', 'nobody'] }, undefined, once('a'));
  const again = await send({ userIds: ['u01', 'nobody'] }, undefined, once('a'));
  expect(again.text).toBe(first.text);
  expect(await count('u01')).toBe(1);
});

test('without the header every send creates a message', async () => {
  await send({ userIds: ['u02'] });
  await send({ userIds: ['u02'] });
  expect(await count('u02')).toBe(2);
});

test('twenty concurrent repeats create one message', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, () => send({ userIds: ['u03'] }, undefined, once('b'))));
  expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
  expect(await count('u03')).toBe(1);
});

test.each([
  ['another robot', { robotCode: 'robot-more' }],
  ['other recipients', { userIds: ['u04', 'u05'] }],
  ['fewer recipients', { userIds: ['u06'] }],
  ['another text', { msgParam: '{"content":"other"}' }],
  ['another kind', { msgKey: 'sampleMarkdown', msgParam: '{"title":"hello","text":"hello"}' }],
])('a used key is refused with %s, and nothing is sent', async (what, change) => {
  const body = { userIds: ['u04', 'u06'] };
  const first = await send(body, undefined, once(`c ${what}`));
  const before = [await count('u04'), await count('u05')];
  const other = await send({ ...body, ...change }, undefined, once(`c ${what}`));
  expect(refusal(other)).toEqual([409, 'huizhi.idempotencyMismatch']);
  expect([await count('u04'), await count('u05')]).toEqual(before);
  expect((await send(body, undefined, once(`c ${what}`))).text).toBe(first.text);
});

test('the order of recipients, a repeated one and the formatting of the JSON do not change the content', async () => {
  const body = { userIds: ['u04', 'u05'], msgParam: '{"content":"caf\u00e9"}' };
  const first = await send(body, undefined, once('spelling'));
  const same = { userIds: ['u05', 'u04', 'u05'], msgParam: '{"content":"caf\\u00e9"}' };
  expect((await send(same, undefined, once('spelling'))).text).toBe(first.text);
});

test('of two concurrent sends with different content, one is accepted', async () => {
  const texts = ['one', 'two'].map((content) => ({ userIds: ['u12'], msgParam: JSON.stringify({ content }) }));
  const replies = await Promise.all(texts.map((body) => send(body, undefined, once('race'))));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await count('u12')).toBe(1);
});

test('a key from a version that did not store the content matches any content', async () => {
  const server = await testServer();
  const there = world(server);
  const first = await there.send({}, undefined, once('old'));
  const saved = ok(await server.call('GET', '/emulator/v1/snapshot')) as {
    store: { tables: { idempotency: unknown[][] } };
  };
  for (const row of saved.store.tables.idempotency) {
    const { content: _, ...answer } = JSON.parse(String(row[3]));
    row[3] = JSON.stringify(answer);
  }
  ok(await server.call('PUT', '/emulator/v1/snapshot', { body: saved }));
  expect((await there.send({ msgParam: '{"content":"other"}' }, undefined, once('old'))).text).toBe(first.text);
});

test('a key is kept for 24 hours, to the millisecond', async () => {
  await freeze();
  const first = await send({ userIds: ['u07'] }, undefined, once('d'));
  await advance('86399999ms');
  const late = await send({ userIds: ['u07'] }, undefined, once('d'));
  expect(late.text).toBe(first.text);
  await advance('1ms');
  const fresh = await send({ userIds: ['u07'] }, undefined, once('d'));
  expect(fresh.text).not.toBe(first.text);
  expect(await count('u07')).toBe(2);
});

test('each app and organization has its own keys', async () => {
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const suite = { robotCode: 'robot-suite', userIds: ['alice'] };
  const texts = [
    (await send({}, undefined, once('e'))).text,
    (await send(suite, one, once('e'))).text,
    (await send(suite, two, once('e'))).text,
  ];
  expect(new Set(texts).size).toBe(3);
});

test('a refused send does not use its key', async () => {
  const refused = await send({ userIds: ['nobody'] }, undefined, once('f'));
  expect(refusal(refused)).toEqual([400, 'staffId.notExisted']);
  ok(await send({ userIds: ['u08'] }, undefined, once('f')));
  expect(await count('u08')).toBe(1);
});

test('a repeat is checked like any send', async () => {
  ok(await send({}, undefined, once('g')));
  expect(refusal(await send({ msgKey: '' }, undefined, once('g')))).toEqual([400, 'invalidParameter.msgKey.empty']);
});

test('an idempotency-key has 1 to 255 characters', async () => {
  ok(await send({}, undefined, once('x'.repeat(255))));
  for (const code of ['', 'x'.repeat(256)]) {
    expect(refusal(await send({}, undefined, once(code)))).toEqual([400, 'invalidParameter.param.invalid']);
  }
});

test('a repeat while the first send is held creates no second message, and the first arrives once', async () => {
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const first = ok(await send({ userIds: ['u09'] }, undefined, once('h')));
  ok(await send({ userIds: ['u09'] }, undefined, once('h')));
  await emulate('POST', 'delivery/release');
  expect(await count('u09')).toBe(1);
  expect((await receipt(String(first.processQueryKey))).sendStatus).toBe('SUCCESS');
});
