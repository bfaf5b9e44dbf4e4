import { describe, expect, test } from 'vitest';
import { queryRows, sql, type Value } from '../engine/sql.ts';
import { migrations } from '../migrations/index.ts';
import type { Dump } from '../model.ts';
import { dumpedTables } from '../move/dump.ts';
import { groupSenderOf } from '../notices/senders.ts';
import { runCards } from './cards.contract.ts';
import { aGroup } from './conversations.contract.ts';
import { aCustomRobot } from './custom-robots.contract.ts';
import { aDelivery, aSubscription } from './subscriptions.contract.ts';
import { runTalk } from './talk.contract.ts';
import {
  aRobot,
  inboxOf,
  must,
  type Open,
  opened,
  sortDump,
  start,
  streamOf,
  unreadOf,
  type World,
  world,
} from './world.contract.ts';

/** Returns the tables of the schema after all migration steps, except those about processes. */
function schemaTables(): readonly string[] {
  const scripts = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1)).join('\n');
  const made = [...scripts.matchAll(/create table (\w+)/g)].map(([, name]) => must(name));
  const gone = [...scripts.matchAll(/drop table (\w+)/g)].map(([, name]) => must(name));
  return made.filter((name) => !['processes', 'versions', 'stream_connections', 'pushes', ...gone].includes(name));
}

/** Stores rows in every table. */
export async function fill(scene: World): Promise<number> {
  const { store, corpId, app, users, send } = scene;
  const robot = await aRobot(store, app, 'limited', { perUserPerDay: 9 });
  await store.ensureSetting('secret', '值');
  await store.putAuthorization(corpId, app.id, null);
  await store.number('ticket');
  await store.credentials.putTicket(corpId, app.id, 'ticket', start);
  await store.putTemplate(robot, 2, 'stopped');
  const grant = {
    corpId,
    id: await store.number('grant'),
    appId: app.id,
    appGeneration: 1,
    authorizationGeneration: 1,
  };
  await store.issueGrant({ ...grant, expiresAt: start + 1 }, true, start);
  await store.credentials.putSession({
    corpId,
    id: await store.number('session'),
    userId: users.ann,
    expiresAt: start,
  });
  await store.credentials.putSignInCode(corpId, 'hash', users.ann, start);
  const ticket = { corpId, hash: 'h', appId: app.id, era: 1, subscriptions: '[]', client: 'c', expiresAt: start + 1 };
  await store.streams.putTicket(ticket, start, 9);
  await store.operator.putSession({ hash: 'x', id: 1, openedBy: 'y', expiresAt: start }, start);
  const operator = {
    ...{
      id: await store.number('operator'),
      code: 'op1',
      name: 'Op',
      email: 'op@b.c',
      generation: 1,
      createdAt: start,
    },
    ...{ disabledAt: null, grants: [{ corpId, role: 'sender', userId: users.ann }] },
  };
  const added = {
    corpId: 0,
    at: start,
    actor: 'token',
    action: 'operator.add',
    target: 'op1',
    was: null,
    became: null,
  };
  await store.accounts.add(operator, added);
  await store.accounts.putLink('l', operator.id, start + 9, added);
  const entry = { actor: 'token', action: 'user.remove', target: 'dee', was: null, became: null };
  await store.operator.change([{ leaver: { corpId, code: 'dee', at: start } }], { corpId, at: start, ...entry });
  await store.departments.put([{ corpId, id: 7, parentId: 1, name: '部门', position: 1 }]);
  await store.departments.replaceScope(corpId, app.id, [7]);
  const fields = { mobile: '1001', email: 'a@b.c', jobNumber: '1', title: 't' };
  const memberships = [{ departmentId: 7, leader: true, position: 2 }];
  await store.contacts.change(corpId, [{ corpId, code: 'ann', fields, memberships }]);
  await store.blocks.choose(corpId, users.eve, robot, { blocked: true }, start);
  await store.blocks.choose(corpId, users.ann, robot, { muted: true }, start);
  await store.removeUser(corpId, 'dee', start);
  const file = { corpId, id: await store.number('media'), code: '@snapshot0123456789abcdef' };
  const facts = { type: 'image', name: 'a.png', mime: 'image/png', createdAt: start } as const;
  await store.media.complete(file, [{ part: 0, data: Buffer.from([0, 255, 128]) }], facts, 1000);
  const { messageId } = await send({ robot, userCodes: ['ann', 'eve', 'bob'], idempotency: { code: 'c', since: 0 } });
  await store.settle(corpId, messageId, start);
  await store.markRead(corpId, users.ann, [messageId], start + 1);
  const ding = { corpId, appId: app.id, robot, channel: 3, voice: 'v', body: 'Wake up', sentAt: start } as const;
  await store.dings.send({ ...ding, userCodes: ['ann', 'bob'], perMinute: 9 });
  await store.dings.markRead(corpId, users.ann, [1], start + 1, 'seen');
  await store.dings.putQuota(corpId, 2, 5);
  const names = { name: 'n', icon: 'i', brief: 'b', description: 'd', status: 's', plugins: '[]' };
  await store.robotSettings.put(corpId, { ...robot, corpId: 0 }, names);
  await send();
  await store.recall(corpId, (await send()).messageId, start + 2);
  const group = await aGroup(scene, { ownerId: users.ann, options: { searchable: 1 } });
  await store.conversations.removeMembers(corpId, group.id, [users.bob], start);
  const toGroup = await send({ conversationId: group.id, userCodes: [] });
  await store.deliverStep(corpId, toGroup.messageId, start);
  await store.markRead(corpId, users.ann, [toGroup.messageId], start + 1, 'seen');
  const { id, code } = await aCustomRobot(scene, group.id);
  const custom = {
    robot: { ...robot, id, code, appId: 0 },
    appId: 0,
    kind: 40,
    webhookLimit: { perMinute: 9, block: 9 },
  };
  await send({ ...custom, conversationId: group.id, userCodes: [], idempotency: { code: 'w', since: 0 } });
  const asApp = { ...robot, id: groupSenderOf(app.id), code: '' };
  await send({ robot: asApp, conversationId: group.id, userCodes: [] });
  await fillNotices(scene);
  await runTalk(scene);
  await runCards(scene);
  const subscription = await aSubscription(scene);
  const nothing = { repeated: [], dropped: 0, removed: [], isGone: false, releaseAt: undefined };
  const { position } = subscription;
  await store.subscriptions.record(subscription, { ...nothing, fresh: [aDelivery(position)], position });
  const push = await aSubscription(scene, { form: 'push', code: 'app-of-push', secret: 'sealed keys' });
  const failed = { ...aDelivery(position, { state: 'failed', dueAt: null }), eventAt: start };
  await store.subscriptions.record(push, { ...nothing, fresh: [failed], position });
  const range = { begin: 0, end: start, triedAfter: 0, triedTo: start };
  await store.subscriptions.takeFailed([push], range, 1, start);
  return messageId;
}

/** Sends a work notice twice, of which the second is a repetition, and a third that is not delivered. */
async function fillNotices({ store, corpId, app, users }: World): Promise<void> {
  const invalid = { users: ['nobody'], departments: [8] };
  const limits = { perDay: 9, perMinute: 9, toAllPerDay: null };
  const plain = { corpId, appId: app.id, kind: 50, param: '{"content":"hi"}', content: 5, day: 1, sentAt: start };
  const notice = { ...plain, ...limits, receivers: [users.ann], invalid };
  await store.notices.putTemplate(corpId, app.id, { code: 't', state: 'active', msg: '{"msgtype":"text"}' });
  for (let i = 0; i < 2; i++) {
    const { messageId } = must(await store.notices.accept(notice));
    await store.deliverStep(corpId, messageId, start);
  }
  await store.notices.accept({ ...notice, perMinute: 1 });
}

/** Converts a dump to JSON and back, as for a snapshot file. */
const travelled = (dump: Dump) => JSON.parse(JSON.stringify(dump)) as Dump;

export function describeSnapshots(open: Open): void {
  describe('a dump', () => {
    test('contains every table of the schema', async () => {
      const { store } = await opened(open);
      expect([...dumpedTables].sort()).toEqual([...schemaTables()].sort());
      expect(Object.keys((await store.dump()).tables).sort()).toEqual([...dumpedTables].sort());
    });

    test('contains every column of every table', async () => {
      const scene = await world((await opened(open)).store);
      const { store } = scene;
      await fill(scene);
      const whole = await Promise.all(
        dumpedTables.map(async (name) => {
          const rows = await store.driver.read(() => queryRows(sql(`whole_${name}`, `select * from ${name}`)));
          // Bytes are base64 in a dump.
          const toText = (value: Value) =>
            value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
          return [name, rows.map((row) => row.map(toText))] as const;
        }),
      );
      const { version, tables } = await store.dump();
      expect(sortDump({ version, tables })).toEqual(sortDump({ version, tables: Object.fromEntries(whole) }));
    });

    test('restores the same state in an empty store', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const messageId = await fill(scene);
      const dump = await store.dump();
      for (const name of dumpedTables) expect([name, dump.tables[name]?.length]).not.toEqual([name, 0]);
      const { store: copy } = await opened(open);
      await copy.load(travelled(dump));
      expect(sortDump(await copy.dump())).toEqual(sortDump(dump));
      expect(await copy.receipt(corpId, messageId)).toEqual(await store.receipt(corpId, messageId));
      expect(await inboxOf(copy, corpId, users.bob)).toEqual(await inboxOf(store, corpId, users.bob));
      expect(await copy.pending({ corpId: 0, messageId: 0 }, 9)).toEqual(
        await store.pending({ corpId: 0, messageId: 0 }, 9),
      );
      expect((await copy.directory()).apps()).toEqual((await store.directory()).apps());
    });

    test('reverts later changes, also in the caches', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, send } = scene;
      const messageId = await fill(scene);
      const dump = travelled(await store.dump());
      const before = await store.receipt(corpId, messageId);
      await store.markRead(corpId, users.bob, [messageId], start + 3);
      await store.recall(corpId, messageId, start + 4);
      const later = await send();
      const grant = { corpId, id: 77, appId: 1, appGeneration: 1, authorizationGeneration: 1, expiresAt: start };
      await store.issueGrant(grant, false, 0);
      for (const look of [store.receipt(corpId, messageId), store.grant(corpId, 77)]) expect(await look).toBeDefined();
      await store.load(dump);
      expect(await store.receipt(corpId, messageId)).toEqual(before);
      expect(await store.receipt(corpId, later.messageId)).toBeUndefined();
      expect(await store.grant(corpId, 77)).toBeUndefined();
      expect(await unreadOf(store, corpId, users.bob)).toBe(1);
      expect(sortDump(await store.dump())).toEqual(sortDump(dump));
    });

    test('does not reuse numbers of restored rows', async () => {
      const scene = await world((await opened(open)).store);
      const known = await fill(scene);
      const dump = travelled(await scene.store.dump());
      const { store: copy } = await opened(open);
      await copy.number('message');
      await copy.load(dump);
      const used = new Set(must(dump.tables.messages).map(([, id]) => id));
      expect(used).toContain(known);
      const numbers = await Promise.all(Array.from({ length: 20 }, () => copy.number('message')));
      expect(numbers.filter((number) => used.has(number))).toEqual([]);
    });

    test('that cannot be restored changes nothing', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      await fill(scene);
      const stream = await streamOf(store, corpId, users.ann);
      expect(stream).not.toEqual([]);
      const dump = await store.dump();
      const broken = { ...dump, tables: { ...dump.tables, inbox: [[corpId, users.ann, null]] } };
      await expect(store.load(broken)).rejects.toThrow();
      expect(sortDump(await store.dump())).toEqual(sortDump(dump));
      expect(await streamOf(store, corpId, users.ann)).toEqual(stream);
    });
  });
}
