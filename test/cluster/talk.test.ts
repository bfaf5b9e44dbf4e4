import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { follow } from '../conformance/support/stream.ts';
import { listen, talkWorld } from '../conformance/support/talk.ts';
import { errorOf, textOf } from '../conformance/support/webhooks.ts';
import { ok, refusal, world } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two emulators on one database. */
async function startTwo() {
  const [one, other] = await startTwoOn(postgres, (server) => talkWorld(world(server)));
  return { one, other };
}

test('a person writes at one process, the program listens at the other, and its reply reaches the open page', async () => {
  const { one, other } = await startTwo();
  const robot = await listen(other.server);
  const live = await follow(one.server, await one.signIn('alice'));
  const { robots } = await one.say('ping');
  expect(robots).toMatchObject([{ reach: 'stream' }]);
  const heard = await robot.next();
  expect(heard).toMatchObject({ text: { content: 'ping' }, conversationType: '1' });
  expect(heard.sessionWebhook).toContain(`${one.server.url}/robot/sendBySession`);
  const session = new URL(heard.sessionWebhook).searchParams.get('session') ?? '';
  const path = '/robot/sendBySession';
  expect(errorOf(await other.call('POST', path, { body: textOf('pong'), query: { session } }))[0]).toBe(0);
  expect(await live.next()).toMatchObject({ event: 'message', data: { msgKey: 'personText' } });
  expect(await live.next()).toMatchObject({ event: 'message', data: { msgKey: 'webhookText' } });
});

test('a message in a group reaches members at the other process, once for each sendId', async () => {
  const { one, other } = await startTwo();
  const to = `group:${await one.group()}`;
  const live = await follow(other.server, await other.signIn('bob'));
  const session = await one.signIn('alice');
  const body = { ...textOf('once'), sendId: 'same' };
  const all = await Promise.all([0, 1, 2, 3].map((i) => (i % 2 ? one : other).write(session, to, body)));
  const ids = new Set(all.map((reply) => (ok(reply).message as { messageId: string }).messageId));
  expect(ids.size).toBe(1);
  const shown = await live.next();
  expect(shown).toMatchObject({ event: 'message', data: { messageId: [...ids][0], sender: { userId: 'alice' } } });
  const messageId = [...ids][0] ?? '';
  expect(await other.markRead(await other.signIn('bob'), messageId)).toBe(1);
  expect(await live.next()).toMatchObject({ event: 'read', data: { messageId } });
});

test('the limits of a minute and the removal of a robot hold over both processes', async () => {
  const { one, other } = await startTwo();
  const robot = await listen(one.server);
  await one.freeze();
  await one.say('hello');
  const heard = await robot.next();
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, i) => (i % 2 ? one : other).reply(heard, textOf(`${i}`))),
  );
  expect(replies.filter((reply) => errorOf(reply)[0] === 0)).toHaveLength(20);
  const session = await one.signIn('alice');
  const sent = await Promise.all(
    Array.from({ length: 70 }, (_, i) => (i % 2 ? one : other).write(session, 'robot:robot-one', textOf(`${i}`))),
  );
  expect(sent.filter(({ status }) => status === 200)).toHaveLength(59);
  await one.emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: true });
  await one.advance('1m');
  expect(errorOf(await other.reply(heard, textOf('dead')))[0]).toBe(300001);
  expect(refusal(await other.write(session, 'robot:robot-one', textOf('x')))).toEqual([409, 'huizhi.conflict']);
});
