import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { dingWorld, readListOf } from '../conformance/support/dings.ts';
import { follow } from '../conformance/support/stream.ts';
import { bearer, ok, refusal, world } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two emulators on one database. */
async function startTwo() {
  const [one, other] = await startTwoOn(postgres, (server) => dingWorld(world(server)));
  return { one, other };
}

test('a DING of one process is pushed to an open inbox at another, and its read is known at once', async () => {
  const { one, other } = await startTwo();
  const session = await other.signIn('alice');
  const stream = await follow(other.server, session);
  const openDingId = await one.dinged({ receiverUserIdList: ['alice', 'bob'] });
  const arrived = await stream.next();
  expect(arrived).toMatchObject({ id: 1, event: 'ding', data: { content: 'Disk full' } });
  ok(await other.readDings(session, String(arrived?.data.dingId)));
  expect(readListOf(ok(await one.statuses(openDingId))).map(({ readStatus }) => readStatus)).toEqual([
    'READ',
    'UNREAD',
  ]);
  expect(await stream.next()).toMatchObject({ id: 2, event: 'dingRead' });
  ok(await one.recallDing(openDingId));
  expect(await stream.next()).toMatchObject({ id: 3, event: 'dingRecall' });
});

test('the quota and an idempotency-key hold over both processes', async () => {
  const { one, other } = await startTwo();
  await one.emulate('PUT', 'dingQuotas', { corpId: 'corp-one', sms: 5 });
  const sms = { remindType: 2 };
  const replies = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 ? one : other).ding(sms)));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(5);
  const once = { 'idempotency-key': 'once' };
  const same = await Promise.all([one, other, one, other].map((each) => each.ding({}, undefined, once)));
  expect(new Set(same.map(({ text }) => text)).size).toBe(1);
});

test('settings of a robot take effect at the other process at once', async () => {
  const { one, other } = await startTwo();
  const robotCode = 'robot-one';
  const token = await other.tokenOf();
  ok(await other.send({}, token));
  ok(await one.ask('statuses/manage', { robotCode, status: 'stop' }));
  expect(refusal(await other.send({}, token))).toEqual([400, 'chatbotId.notAllow.sendOTO']);
  ok(await one.ask('statuses/manage', { robotCode, status: 'enable' }));
  ok(await other.send({}, token));
  const pluginInfoList = [{ icon: '@i', name: '{"zh_CN":"帮助"}', pcUrl: 'https://example.com' }];
  ok(await one.ask('plugins/set', { robotCode, pluginInfoList }));
  const { robots } = ok(await other.call('GET', '/inbox/v1/robots', { headers: bearer(await other.signIn('alice')) }));
  expect(JSON.stringify(robots)).toContain('帮助');
});

test('DINGs are removed after the retention, and the inbox keeps its numbers', async () => {
  const { one } = await startTwo();
  await one.freeze();
  const openDingId = await one.dinged();
  await one.advance('91d');
  expect(refusal(await one.statuses(openDingId))).toEqual([400, 'invalidParameter.param.invalid']);
  const stream = await follow(one.server, await one.signIn('alice'));
  await one.dinged();
  expect(await stream.next()).toMatchObject({ id: 2, event: 'ding' });
});
