import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { Fields } from '../conformance/support/harness.ts';
import { errorOf, noticeSetup, noticeWorld } from '../conformance/support/notices.ts';
import { follow } from '../conformance/support/stream.ts';
import { ok } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two emulators on one database. */
async function startTwo() {
  const [one, other] = await startTwoOn(postgres, noticeWorld, { setup: noticeSetup });
  return { one, other };
}

const text = (content: string) => ({ msgtype: 'text', text: { content } });

test('a notice of one process is pushed to an open inbox at another, and its result follows the read there', async () => {
  const { one, other } = await startTwo();
  const session = await other.signIn('alice');
  const stream = await follow(other.server, session);
  const task = await one.arrived({ userid_list: 'alice,bob', dept_id_list: '10', msg: text('pushed') });
  const arrived = await stream.next();
  expect(arrived).toMatchObject({ event: 'message', data: { msgKey: 'noticeText', msgParam: '{"content":"pushed"}' } });
  expect(await other.markRead(session, String(arrived?.data.messageId))).toBe(1);
  for (const world of [one, other]) {
    expect(await world.progress(task)).toEqual({ progress_in_percent: 100, status: 2 });
    expect(await world.resultOf(task)).toMatchObject({
      read_user_id_list: ['alice'],
      unread_user_id_list: ['bob', 'u03', 'u04', 'u05'],
    });
    expect((await world.shownTo(task)).result).toEqual({ read: 1, unread: 4, failed: 0, forbidden: 0, waiting: 0 });
  }
  expect(await stream.next()).toMatchObject({ event: 'read' });
  await other.answer(other.ask('recall', { msg_task_id: task }));
  expect(await stream.next()).toMatchObject({ event: 'recall' });
});

test('limits and an idempotency-key hold over both processes', async () => {
  const { one, other } = await startTwo();
  const each = <T>(count: number, work: (world: typeof one) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, i) => work(i % 2 ? one : other)));
  const tasks = await each(6, (world) => world.sent({ userid_list: 'carol,u01', msg: text('same') }));
  for (const task of tasks) await one.finished(task);
  const results = await Promise.all(tasks.map((task) => other.resultOf(task)));
  const reached = results.map((result) => result.unread_user_id_list as string[]);
  expect(reached.flat().sort()).toEqual(['carol', 'u01']);
  expect(results.flatMap((result) => result.forbidden_list as Fields[])).toHaveLength(10);
  const toAll = await each(6, (world) => world.send({ to_all_user: true, msg: text('all') }));
  expect(toAll.filter(({ body }) => body.errcode === 0)).toHaveLength(3);
  expect(errorOf(toAll.find(({ body }) => body.errcode !== 0) ?? (toAll[0] as never))[0]).toBe(41045);
  const once = { 'idempotency-key': 'once' };
  const same = await each(4, (world) => world.send({ msg: text('once') }, undefined, once));
  expect(new Set(same.map((reply) => ok(reply).task_id)).size).toBe(1);
});

test('the refusals are the same at the process that has not seen the task', async () => {
  const { one, other } = await startTwo();
  const task = await one.arrived({ msg: text('task') });
  expect(errorOf(await other.ask('getsendresult', { task_id: task + 1 }))[0]).toBe(40035);
  expect(errorOf(await other.ask('getsendresult', { task_id: task, agent_id: 1 }))[0]).toBe(40035);
  expect(errorOf(await other.ask('recall', { msg_task_id: task, agent_id: 1 }))[0]).toBe(400002);
  expect(errorOf(await other.ask('status_bar/update', { task_id: task, status_value: 'x' }))[0]).toBe(40035);
  expect(errorOf(await other.send({ userid_list: '' }))[0]).toBe(1);
  expect(errorOf(await other.send({ msg: {} }))[0]).toBe(40008);
});

test('a notice to many users is delivered in steps, while others are served', async () => {
  const { one, other } = await startTwo();
  const users = Array.from({ length: 1200 }, (_, i) => ({ userId: `many${i}`, name: `Many ${i}`, departments: [70] }));
  for (let at = 0; at < users.length; at += 100)
    await one.emulate('PUT', 'users', { corpId: 'corp-one', users: users.slice(at, at + 100) });
  const task = await one.sent({ dept_id_list: '70', userid_list: 'alice', msg: text('many') });
  await other.finished(task);
  expect((await other.resultOf(task)).unread_user_id_list).toHaveLength(1201);
});

test('notices, and who got which content, are removed after the retention', async () => {
  const { one } = await startTwo();
  await one.freeze();
  const task = await one.arrived({ userid_list: 'alice,nobody', msg: text('old') });
  await one.advance('93d');
  expect((await one.console('GET', `/${task}`)).status).toBe(404);
  expect(ok(await one.console('GET', '')).notices).toEqual([]);
  const { tables } = (await one.emulate('GET', 'snapshot')).store as { tables: Record<string, unknown[]> };
  const left = ['notices', 'notice_misses', 'notice_contents', 'messages', 'conversations', 'members'];
  expect(left.map((name) => tables[name]?.length)).toEqual([0, 0, 0, 0, 0, 0]);
});
