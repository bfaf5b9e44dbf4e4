import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestClock } from '../../src/core/clock.ts';
import { createNotifications } from '../../src/core/cluster/notifications.ts';
import { createDeliverer } from '../../src/core/delivery/deliver.ts';
import { ownInbox } from '../../src/core/delivery/upstream.ts';
import { createEvents } from '../../src/core/events.ts';
import { openStores, startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { must } from '../../src/store/contract/world.contract.ts';
import { sharedBounds } from '../../src/store/conversations/group-delivery.ts';
import { queryRows, sql } from '../../src/store/engine/sql.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { connection } from '../crash/connection.ts';
import { app, configure, robotCode, type Server } from '../crash/server.ts';
import { launchMember } from './support/cluster.ts';

/** Members of the group, delivered in at least four steps. */
const size = 2000;

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Starts two processes on a new database, with a group of 2,000 members. */
async function startTwo() {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-groups-'));
  configure(folder);
  const database = await postgres.create('empty');
  const launched = [launchMember(folder, database), launchMember(folder, database)];
  const store = await openStore(database, { poolSize: 2 });
  onTestFinished(async () => {
    await Promise.all(launched.map(({ kill }) => kill()));
    await store.close();
    await postgres.drop(database);
    rmSync(folder, { recursive: true });
  });
  const [one, two] = await Promise.all(launched.map(({ ready }) => ready));
  if (!one || !two) throw new Error('no processes');
  return { store, one: one.server, two: two.server, openConversationId: await createGroup(store) };
}

async function createGroup(store: Store): Promise<string> {
  const [organization] = (await store.directory()).organizations();
  const robot = (await store.directory()).robot(robotCode);
  if (!organization || !robot) throw new Error('the configuration was not applied');
  const { corpId } = organization;
  const named = Array.from({ length: size }, (_, i) => ({ code: `m${i}`, name: `M ${i}` }));
  await store.putUsers(corpId, named);
  const userIds = (await store.usersPage(corpId, 'm', size)).map(({ id }) => id);
  const names = { openId: 'cidOfTheTest==', chatId: null, title: 'G', ownerId: null, templateId: null, icon: null };
  const id = await store.number('conversation');
  const conversation = { corpId, id, ...names, isGroup: true, options: {}, createdAt: 0 };
  await store.conversations.create({ conversation, userIds, robotIds: [robot.id] });
  return names.openId;
}

async function send({ url }: Server, openConversationId: string): Promise<void> {
  const line = connection(url);
  const token = await line.call('POST', '/v1.0/oauth2/accessToken', {}, app);
  const headers = { 'x-acs-dingtalk-access-token': String(token.body.accessToken) };
  const body = { robotCode, openConversationId, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
  const sent = await line.call('POST', '/v1.0/robot/groupMessages/send', headers, body);
  line.close();
  expect(sent.status, JSON.stringify(sent.body)).toBe(200);
}

const selectNewest = sql<[id: number, state: number, deliveredTo: number]>(
  'select_newest',
  'select id, state, delivered_to from messages where conversation_id is not null order by id desc limit 1',
);
const countArrivals = sql<[arrivals: number, users: number]>(
  'count_arrivals',
  'select count(*), count(distinct user_id) from inbox where message_id = $1 and event = 0',
);

async function newest({ driver }: Store) {
  const [row] = await driver.read(() => queryRows(selectNewest));
  const [id = 0, state = 0, deliveredTo = 0] = row ?? [];
  return { id, state, deliveredTo };
}

/** Waits until the newest message fulfils a condition. Other tests of this machine may slow everything down. */
async function until(store: Store, isReached: (message: Awaited<ReturnType<typeof newest>>) => boolean) {
  const since = performance.now();
  for (;;) {
    const message = await newest(store);
    if (isReached(message)) return message;
    if (performance.now() - since > 45_000) throw new Error(`the message stays at ${JSON.stringify(message)}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('if a process dies in the middle of a delivery, another one continues it, and every member gets the message once', {
  timeout: 120_000,
}, async () => {
  const { store, one, two, openConversationId } = await startTwo();
  await send(one, openConversationId);
  const { id } = await until(store, ({ deliveredTo }) => deliveredTo > 0);
  await one.kill();
  const interrupted = await newest(store);
  expect(interrupted).toMatchObject({ id, state: 0 });
  const delivered = await until(store, ({ state }) => state === 2);
  expect(delivered.deliveredTo).toBeGreaterThan(interrupted.deliveredTo);
  const [counts] = await store.driver.read(() => queryRows(countArrivals, id));
  expect(counts).toEqual([size, size]);
  await send(two, openConversationId);
  const next = await until(store, (message) => message.id > id && message.state === 2);
  expect(await store.driver.read(() => queryRows(countArrivals, next.id))).toEqual([[size, size]]);
});

test('each step sends one notification to the other processes, not one for each member', {
  timeout: 60_000,
}, async () => {
  const { stores } = await openStores(postgres, 2);
  const [store, other] = stores;
  if (!store || !other) throw new Error('no stores');
  const corpId = await createOrganization(store);
  await store.processes.join(await store.number('process'));
  const texts: string[] = [];
  const end = await other.driver.listen(
    (topic, text) => void (topic === 'touched' && texts.push(text)),
    () => {},
  );
  onTestFinished(end);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const notifications = createNotifications(store, log, false);
  onTestFinished(notifications.close);
  const steps: number[] = [];
  const deliverer = createDeliverer({
    ...{ store, clock: createTestClock(), events: createEvents(notifications.touched), upstream: ownInbox, log },
    onArrived: (_, touched) => void steps.push(touched.length),
    onDelivered() {},
  });
  onTestFinished(deliverer.close);
  const accepted = await store.accept({ ...(await sendToGroup(store, corpId)), sentAt: Date.now() });
  if (!accepted) throw new Error('the send was not accepted');
  await deliverer.resume();
  const told = () => texts.flatMap((text) => text.slice(text.indexOf(':') + 1).split(','));
  const since = performance.now();
  while (told().length < size && performance.now() - since < 20_000)
    await new Promise((resolve) => setImmediate(resolve));
  expect(new Set(told()).size).toBe(size);
  expect([texts.length, steps.length]).toEqual([4, 4]);
});

test('every member gets the messages that two processes have accepted for one group in the order of the sends', {
  timeout: 60_000,
}, async () => {
  const { stores } = await openStores(postgres, 2);
  const corpId = await createOrganization(must(stores[0]));
  const given = await sendToGroup(must(stores[0]), corpId);
  for (const store of stores) await store.processes.join(await store.number('process'));
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const deliverers = stores.map((store) => {
    const parts = { store, clock: createTestClock(), events: createEvents(), upstream: ownInbox, log };
    const deliverer = createDeliverer({ ...parts, onArrived() {}, onDelivered() {} });
    onTestFinished(deliverer.close);
    return deliverer;
  });
  // The numbers of the later message are lower: each process has reserved a block of them.
  const sentAt = Date.now();
  await must(stores[0]).accept({
    ...given,
    sentAt: sentAt - 1000,
    conversationId: await aPair(must(stores[0]), corpId),
  });
  const early = must(await must(stores[1]).accept({ ...given, sentAt }));
  const late = must(await must(stores[0]).accept({ ...given, sentAt: sentAt + 1 }));
  expect(late.messageId).toBeLessThan(early.messageId);
  const step = async (store: Store | undefined, { messageId, sentAt: at }: typeof late) => {
    const { touched, isDone, isWaiting } = await must(store).deliverStep(corpId, messageId, at);
    return { userIds: touched.map(({ userId }) => userId), isDone, isWaiting };
  };
  const waits = { userIds: [], isDone: false, isWaiting: true };
  expect(await step(stores[0], late)).toEqual(waits);
  const { userIds } = await step(stores[1], early);
  expect(userIds).toHaveLength(sharedBounds.deliveries);
  expect(await step(stores[0], late)).toEqual({ userIds, isDone: false, isWaiting: false });
  expect(await step(stores[0], late)).toEqual(waits);
  // The rest runs at the same time. The later message begins first.
  for (const [i, { messageId }] of [late, early].entries()) {
    const pending = await must(stores[i]).pending({ corpId: 0, messageId: 0 }, 9);
    must(deliverers[i]).deliver(must(pending.find((one) => one.messageId === messageId)));
  }
  await Promise.all(deliverers.map(({ idle }) => idle()));
  const order = await must(stores[0]).driver.read(() => queryRows(countInOrder, early.messageId, late.messageId));
  expect(order).toEqual([[size, size]]);
});

const countInOrder = sql<[users: number, inOrder: number]>(
  'count_in_order',
  `select count(*), count(case when a.seq < b.seq then 1 end) from inbox a join inbox b
     on b.corp_id = a.corp_id and b.user_id = a.user_id and b.message_id = $2
   where a.message_id = $1 and a.event = 0 and b.event = 0`,
);

/** Creates a conversation of one member. */
async function aPair(store: Store, corpId: number): Promise<number> {
  const names = { openId: 'cidOfTheOther==', chatId: null, title: 'P', ownerId: null, templateId: null, icon: null };
  const id = await store.number('conversation');
  const conversation = { corpId, id, ...names, isGroup: true, options: {}, createdAt: 0 };
  const [user] = await store.usersPage(corpId, 'm', 1);
  await store.conversations.create({ conversation, userIds: [must(user).id], robotIds: [] });
  return id;
}

async function createOrganization(store: Store): Promise<number> {
  const corpId = await store.number('organization');
  await store.putOrganization({ corpId, code: 'corp', name: 'C' });
  const limits = { perUserPerMinute: 0, perUserPerDay: 0, unblockable: false, coolAppCode: null };
  const robot = { corpId, id: await store.number('robot'), code: robotCode, name: 'R', appId: 1, disabled: false };
  await store.putRobot({ ...robot, ...limits });
  return corpId;
}

/** Creates a group of 2,000, and returns a send to it. */
async function sendToGroup(store: Store, corpId: number) {
  const robot = (await store.directory()).robot(robotCode);
  const [conversation] = await store.conversations.byOpenId(await createGroup(store));
  if (!robot || !conversation) throw new Error('the group was not created');
  return { corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: [], conversationId: conversation.id };
}
