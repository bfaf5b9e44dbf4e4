import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { testServer } from '../conformance/support/harness.ts';
import { follow } from '../conformance/support/stream.ts';
import { bearer, ok, refusal, world } from '../conformance/support/world.ts';
import { type Loss, startProxy } from './support/proxy.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two processes on one database: the commits of one may lose their responses. */
async function startTwo() {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  const proxy = await startProxy(database);
  const one = world(await testServer({ database: proxy.url }));
  const other = world(await testServer({ database }));
  return { proxy, one, other };
}

/** Milliseconds within which a process has to know the state of the database. */
const within = 10_000;

/** Repeats a request until its answer is right, and returns the last answer. */
async function until<T>(request: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const answer = await request();
    if (isRight(answer) || performance.now() > end) return answer;
  }
}

const failure = [500, 'system.error'];
const commits = {
  accept: 'insert into contents',
  acceptGroup: 'insert into contents (corp_id, message_id, param) values ($1, $2, $3), (',
  settle: 'state = 2',
  recall: 'delete from contents',
  read: 'set read_at',
  change: 'insert into audit',
};

describe.each<Loss>(['cut', 'silent'])('a lost answer (the connection is %s)', (loss) => {
  test('to the acceptance of a message leaves it PROCESSING for a few seconds at most', {
    timeout: 60_000,
  }, async () => {
    const { proxy, one } = await startTwo();
    const [token, session] = [await one.tokenOf(), await one.signIn('alice')];
    const committed = proxy.loseCommitOf(commits.accept, loss);
    const sending = one.send({}, token);
    await committed;
    const { messages } = await until(
      () => one.inboxOf(session),
      (page) => page.messages.length > 0,
    );
    expect(messages).toMatchObject([{ msgParam: '{"content":"hello"}', recalled: false }]);
    expect(refusal(await sending)).toEqual(failure);
  });

  test('to a delivery is repaired: followers at every process get the message once', { timeout: 60_000 }, async () => {
    const { proxy, one, other } = await startTwo();
    const streams = [
      await follow(one.server, await one.signIn('alice')),
      await follow(other.server, await other.signIn('alice')),
    ];
    const committed = proxy.loseCommitOf(commits.settle, loss);
    const key = await one.sent();
    await committed;
    for (const stream of streams) expect(await stream.next()).toMatchObject({ id: 1, event: 'message' });
    const second = await one.sent();
    for (const stream of streams) expect(await stream.next()).toMatchObject({ id: 2, event: 'message' });
    for (const each of [key, second]) expect((await other.receipt(each)).sendStatus).toBe('SUCCESS');
  });
});

test('many concurrent sends whose responses are lost all arrive once', { timeout: 60_000 }, async () => {
  const { proxy, one } = await startTwo();
  const [token, session] = [await one.tokenOf(), await one.signIn('alice')];
  await one.sent({}, token);
  const committed = proxy.loseCommitOf(commits.acceptGroup);
  const contents = Array.from({ length: 40 }, (_, i) => JSON.stringify({ content: `message ${i}` }));
  const replies = await Promise.all(contents.map((msgParam) => one.send({ msgParam }, token)));
  await committed;
  const failed = replies.filter(({ status }) => status !== 200);
  expect(failed.length).toBeGreaterThan(1);
  const { messages } = await until(
    () => one.inboxOf(session, { limit: '100' }),
    (page) => page.messages.length > contents.length,
  );
  const shown = messages.map(({ msgParam }) => msgParam).filter((param) => param?.includes('message'));
  expect(shown.toSorted()).toEqual(contents.toSorted());
});

test('a repeated send whose response was lost returns the first response and creates no second message', async () => {
  const { proxy, one, other } = await startTwo();
  const [token, session] = [await one.tokenOf(), await one.signIn('alice')];
  const header = { 'idempotency-key': 'one and the same' };
  const committed = proxy.loseCommitOf(commits.accept);
  expect(refusal(await one.send({}, token, header))).toEqual(failure);
  await committed;
  const keys: unknown[] = [];
  for (const process of [other, one, other]) {
    keys.push(ok(await process.send({}, token, header)).processQueryKey);
  }
  expect(new Set(keys).size).toBe(1);
  await until(
    () => one.receipt(String(keys[0])),
    ({ sendStatus }) => sendStatus === 'SUCCESS',
  );
  expect((await one.inboxOf(session)).messages).toHaveLength(1);
});

test('a read and a recall whose responses were lost reach the followers of the stream at every process', {
  timeout: 60_000,
}, async () => {
  const { proxy, one, other } = await startTwo();
  const [token, session] = [await one.tokenOf(), await one.signIn('alice')];
  const streams = [await follow(one.server, session), await follow(other.server, session)];
  const key = await one.sent({}, token);
  for (const stream of streams) expect(await stream.next()).toMatchObject({ id: 1, event: 'message' });
  const [message] = (await one.inboxOf(session)).messages;
  const read = { body: { messageIds: [message?.messageId] }, headers: bearer(session) };
  const isRead = proxy.loseCommitOf(commits.read);
  expect(refusal(await one.call('POST', '/inbox/v1/messages/read', read))).toEqual(failure);
  await isRead;
  for (const stream of streams) expect(await stream.next()).toMatchObject({ id: 2, event: 'read' });
  const isRecalled = proxy.loseCommitOf(commits.recall);
  expect(refusal(await one.recall({ processQueryKeys: [key] }, token))).toEqual(failure);
  await isRecalled;
  for (const stream of streams) expect(await stream.next()).toMatchObject({ id: 3, event: 'recall' });
  expect((await one.receipt(key)).sendStatus).toBe('RECALLED');
});

test('a change whose response was lost takes effect at every process, and closes the streams it has to close', async () => {
  const { proxy, one, other } = await startTwo();
  const session = await one.signIn('bob');
  const streams = [await follow(one.server, session), await follow(other.server, session)];
  const removed = proxy.loseCommitOf(commits.change);
  const headers = bearer(one.server.adminToken);
  const reply = await one.call('DELETE', '/console/v1/users/bob', { query: 'corpId=corp-one', headers });
  expect(refusal(reply)).toEqual(failure);
  await removed;
  for (const stream of streams) expect(await stream.next()).toBeUndefined();
  for (const process of [one, other]) {
    expect(ok(await process.send({ userIds: ['alice', 'bob'] })).invalidStaffIdList).toEqual(['bob']);
  }
});

test('a message arrives that was taken over by a process that does not know about it', {
  timeout: 60_000,
}, async () => {
  const { proxy, one, other } = await startTwo();
  const session = await one.signIn('alice');
  // The other process holds it until that process leaves; the response to the takeover is lost.
  await other.emulate('PUT', 'delivery', { mode: 'hold' });
  await other.sent();
  const taken = proxy.loseCommitOf('update messages set owner');
  await other.server.stop();
  await taken;
  const { messages } = await until(
    () => one.inboxOf(session),
    (page) => page.messages.length > 0,
  );
  expect(messages).toHaveLength(1);
});
