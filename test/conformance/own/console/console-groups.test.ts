import { expect, test } from 'vitest';
import { groupSetup, groupWorld } from '../../support/group-management.ts';
import { type Fields, fileServer, type Reply } from '../../support/harness.ts';
import { ok, refusal } from '../../support/world.ts';

const server = await fileServer({ setup: groupSetup });
const { console, membersOf, founded, ask } = groupWorld(server);

const corpId = 'corp-one';
const at = { corpId };
const done = async (reply: Promise<Reply>): Promise<Fields> => ok(await reply);
const pathOf = (group: Fields, more = '') => `groups/${encodeURIComponent(String(group.openConversationId))}${more}`;
const create = (given: Fields = {}) =>
  done(console('POST', 'groups', { corpId, title: '群', owner: 'alice', ...given }));
const audit = async () =>
  (ok(await console('GET', 'audit', undefined, { limit: '3' })) as { entries: Fields[] }).entries;

test('a group is created with members and robots, found, and used by the app', async () => {
  const made = await create({ members: ['bob'], robots: ['robot-one'] });
  expect(made).toEqual({
    openConversationId: expect.stringMatching(/^cid[\w+/]{22}==$/),
    chatId: expect.stringMatching(/^chat[\da-f]{32}$/),
    title: '群',
    owner: 'alice',
    memberCount: 2,
    robots: ['robot-one'],
    createdAt: expect.any(Number),
    disbandedAt: null,
  });
  expect(await done(console('GET', pathOf(made), undefined, at))).toEqual(made);
  expect(await membersOf(String(made.openConversationId))).toEqual(['alice', 'bob']);
  const became = { title: '群', owner: 'alice', members: 2, robots: ['robot-one'] };
  const entry = { action: 'group.create', target: made.openConversationId, corpId, before: null, after: became };
  expect((await audit())[0]).toMatchObject(entry);
});

test('a group of all users has every user of the organization', async () => {
  const { memberCount } = await create({ members: 'all' });
  const { count } = ok(await console('GET', 'users', undefined, at));
  expect(memberCount).toBe(count);
});

test('groups are listed page by page, also those that apps have made and disbanded ones', async () => {
  const { openConversationId } = await founded();
  const last = await create();
  await done(console('POST', pathOf(last, '/disband'), undefined, at));
  const found: Fields[] = [];
  const totals: unknown[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const query = { ...at, limit: '2', ...(cursor ? { cursor: String(cursor) } : {}) };
    const page = await done(console('GET', 'groups', undefined, query));
    found.push(...(page.groups as Fields[]));
    totals.push(page.total);
    cursor = page.cursor;
  }
  expect(found.map((group) => group.openConversationId)).toContain(openConversationId);
  expect(found.at(-1)).toMatchObject({ openConversationId: last.openConversationId, disbandedAt: expect.any(Number) });
  expect(totals[0]).toEqual({ count: found.length, isExact: true });
  expect(new Set(totals.slice(1))).toEqual(new Set([undefined]));
});

test('groups are searched for by title and state, page by page', async () => {
  const made = [];
  for (const title of ['Blue tea', 'Red tea', 'Green TEA', 'Coffee']) made.push(await create({ title }));
  await done(console('POST', pathOf(made[1] ?? {}, '/disband'), undefined, at));
  const titlesOf = async (query: Readonly<Record<string, string>>) => {
    const titles: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null; ) {
      const all = { ...at, limit: '1', ...query, ...(cursor ? { cursor: String(cursor) } : {}) };
      const page = await done(console('GET', 'groups', undefined, all));
      titles.push(...(page.groups as Fields[]).map(({ title }) => title));
      cursor = page.cursor;
    }
    return titles;
  };
  expect(await titlesOf({ text: 'tea' })).toEqual(['Blue tea', 'Red tea', 'Green TEA']);
  expect(await titlesOf({ text: 'tea', state: 'active' })).toEqual(['Blue tea', 'Green TEA']);
  expect(await titlesOf({ text: 'tea', state: 'disbanded' })).toEqual(['Red tea']);
  expect(await titlesOf({ text: String(made[3]?.openConversationId) })).toEqual(['Coffee']);
  const none = await done(console('GET', 'groups', undefined, { ...at, text: 'cocoa' }));
  expect(none).toEqual({ groups: [], cursor: null, total: { count: 0, isExact: true } });
});

test('memberships are listed with the changes with which they began and ended', async () => {
  const made = await create({ members: ['bob', 'carol'] });
  await done(console('POST', pathOf(made, '/members'), { remove: ['bob'] }, at));
  await done(console('POST', pathOf(made, '/members'), { add: ['bob'] }, at));
  const page = await done(console('GET', pathOf(made, '/memberships'), undefined, { ...at, limit: '2' }));
  const rest = await done(
    console('GET', pathOf(made, '/memberships'), undefined, { ...at, cursor: String(page.cursor) }),
  );
  const all = [...(page.memberships as Fields[]), ...(rest.memberships as Fields[])];
  const open = { left: null, leftAt: null, isAdmin: false, current: true };
  expect(all).toEqual([
    { userId: 'alice', name: 'Name of alice', joined: 1, ...open },
    { userId: 'bob', name: 'Name of bob', joined: 1, ...open, left: 2, leftAt: expect.any(Number), current: false },
    { userId: 'bob', name: 'Name of bob', joined: 3, ...open },
    { userId: 'carol', name: 'Name of carol', joined: 1, ...open },
  ]);
  expect(rest.cursor).toBeNull();
  const foreign = await console('GET', pathOf(made, '/memberships'), undefined, { corpId: 'corp-two' });
  expect(refusal(foreign)).toEqual([404, 'huizhi.notFound']);
});

test('title and owner are changed, with one audit entry, and none if nothing changes', async () => {
  const made = await create({ members: ['bob'] });
  const changed = await done(console('PUT', pathOf(made), { title: '新', owner: 'bob' }, at));
  expect(changed).toEqual({ ...made, title: '新', owner: 'bob' });
  const before = await audit();
  expect(before[0]).toMatchObject({
    action: 'group.change',
    before: { title: '群', owner: 'alice' },
    after: { title: '新', owner: 'bob' },
  });
  await done(console('PUT', pathOf(made), { title: '新' }, at));
  expect(await audit()).toEqual(before);
});

test('members are added and removed, and listed page by page', async () => {
  const made = await create({ members: ['bob'] });
  const changed = await done(
    console('POST', pathOf(made, '/members'), { add: ['bob', 'carol', 'u01'], remove: ['u02'] }, at),
  );
  expect(changed.memberCount).toBe(4);
  expect((await audit())[0]).toMatchObject({ action: 'group.members', after: { added: 2, removed: 0 } });
  await done(console('POST', pathOf(made, '/members'), { remove: ['bob'] }, at));
  const first = await done(console('GET', pathOf(made, '/members'), undefined, { ...at, limit: '2' }));
  expect(first).toMatchObject({
    members: [{ userId: 'alice', isAdmin: false }, { userId: 'carol' }],
    total: { count: 3 },
  });
  const rest = { ...at, limit: '2', cursor: String(first.cursor) };
  expect(await done(console('GET', pathOf(made, '/members'), undefined, rest))).toEqual({
    members: [{ userId: 'u01', name: 'Name of u01', isAdmin: false }],
    cursor: null,
  });
});

test('robots are added and removed', async () => {
  const made = await create();
  const robot = (robotCode: string, installed: boolean) =>
    console('PUT', pathOf(made, `/robots/${robotCode}`), { installed }, at);
  expect((await done(robot('robot-one', true))).robots).toEqual(['robot-one']);
  expect((await audit())[0]).toMatchObject({
    action: 'group.robot',
    after: { robotCode: 'robot-one', installed: true },
  });
  expect((await done(robot('robot-one', false))).robots).toEqual([]);
  expect(refusal(await robot('robot-two', true))).toEqual([409, 'huizhi.conflict']);
  expect(refusal(await robot('nobody', true))).toEqual([404, 'huizhi.notFound']);
});

test('a disbanded group is disbanded for apps, and takes no changes', async () => {
  const made = await create({ members: ['bob'] });
  const disbanded = await done(console('POST', pathOf(made, '/disband'), undefined, at));
  expect(disbanded).toEqual({ ...made, disbandedAt: expect.any(Number) });
  const { openConversationId } = made;
  expect(ok(await ask('im/sceneGroups/query', { openConversationId }))).toMatchObject({ status: 2 });
  expect((await audit())[0]).toMatchObject({ action: 'group.disband', target: openConversationId });
  for (const [method, more, body] of [
    ['PUT', '', { title: 'x' }],
    ['POST', '/members', { add: ['carol'] }],
    ['PUT', '/robots/robot-one', { installed: true }],
    ['POST', '/disband', undefined],
  ] as const) {
    expect(refusal(await console(method, pathOf(made, more), body, at))).toEqual([409, 'huizhi.conflict']);
  }
  expect(await done(console('GET', pathOf(made), undefined, at))).toEqual(disbanded);
});

test.each<[Fields, number]>([
  [{ corpId: 'nowhere' }, 404],
  [{ owner: 'nobody' }, 404],
  [{ members: ['bob', 'mallory'] }, 404],
  [{ robots: ['nobody'] }, 404],
  [{ robots: ['robot-two'] }, 409],
  [{ title: ' ' }, 400],
  [{ title: undefined }, 400],
  [{ members: 'some' }, 400],
  [{ members: Array.from({ length: 20_001 }, (_, i) => `u${i}`) }, 400],
  [{ userIds: [] }, 400],
])('a group with %o is refused with %i', async (given, status) => {
  expect((await console('POST', 'groups', { corpId, title: '群', owner: 'alice', ...given })).status).toBe(status);
});

test('changes that name users who cannot be changed are refused, and nothing is changed', async () => {
  const made = await create({ members: ['bob'] });
  for (const [method, more, body, status] of [
    ['POST', '/members', { add: ['carol', 'nobody'] }, 404],
    ['POST', '/members', { add: ['carol'], remove: ['alice'] }, 409],
    ['POST', '/members', { add: ['carol'], remove: ['carol'] }, 409],
    ['PUT', '', { owner: 'carol' }, 409],
    ['PUT', '', { owner: 'nobody' }, 404],
    ['PUT', '', { title: '' }, 400],
  ] as const) {
    expect([body, (await console(method, pathOf(made, more), body, at)).status]).toEqual([body, status]);
  }
  expect(await done(console('GET', pathOf(made), undefined, at))).toEqual(made);
});

test('a group is not found in another organization', async () => {
  const made = await create();
  const other = { corpId: 'corp-two' };
  expect(refusal(await console('GET', pathOf(made), undefined, other))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await console('POST', pathOf(made, '/disband'), undefined, other))).toEqual([404, 'huizhi.notFound']);
  const { groups } = ok(await console('GET', 'groups', undefined, other));
  expect(groups).toEqual([]);
});

test('twenty thousand members are added and removed in one call', { timeout: 120_000 }, async () => {
  const codes = Array.from({ length: 20_000 }, (_, i) => `big${String(i).padStart(5, '0')}`);
  const csv = codes.map((code) => `${code},${code}`).join('\n');
  ok(await console('POST', 'users/import', { corpId, csv, dryRun: false }));
  const made = await create({ owner: codes[0] });
  const all = await done(console('POST', pathOf(made, '/members'), { add: codes }, at));
  expect(all.memberCount).toBe(20_000);
  const more = await console('POST', pathOf(made, '/members'), { add: ['bob'] }, at);
  expect(refusal(more)).toEqual([409, 'huizhi.conflict']);
  const fewer = await done(console('POST', pathOf(made, '/members'), { remove: codes.slice(1) }, at));
  expect(fewer.memberCount).toBe(1);
});
