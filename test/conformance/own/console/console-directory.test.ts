import { expect, test } from 'vitest';
import { type Fields, fileServer, type Server, testServer } from '../../support/harness.ts';
import { appSecrets, crowd, permissions } from '../../support/setup.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

function operator(server: Server) {
  const headers = bearer(server.adminToken);
  const ask = (method: string, path: string, body?: unknown, query: Readonly<Record<string, string>> = {}) =>
    server.call(method, `/console/v1/${path}`, { headers, query, ...(body === undefined ? {} : { body }) });
  return {
    ask,
    done: async (method: string, path: string, body?: unknown, query?: Readonly<Record<string, string>>) =>
      ok(await ask(method, path, body, query)),
    audit: async () => (ok(await ask('GET', 'audit', undefined, { limit: '100' })) as { entries: Fields[] }).entries,
  };
}

const createScene = async () => {
  const server = await testServer();
  return { ...world(server), ...operator(server) };
};

const shared = await fileServer();
const { ask } = operator(shared);
const one = { corpId: 'corp-one' };

test('organizations, users, apps and robots are listed in one order, page by page', async () => {
  const { done } = operator(shared);
  for (const [path, field, code, query] of [
    ['organizations', 'organizations', 'corpId', {}],
    ['users', 'users', 'userId', one],
    ['apps', 'apps', 'appKey', {}],
    ['robots', 'robots', 'robotCode', {}],
  ] as const) {
    const codes: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null; ) {
      const page = await done('GET', path, undefined, {
        limit: '3',
        ...query,
        ...(cursor ? { cursor: String(cursor) } : {}),
      });
      codes.push(...(page[field] as Fields[]).map((each) => each[code]));
      cursor = page.cursor;
    }
    expect(codes).toEqual([...codes].sort());
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeGreaterThan(1);
  }
});

test('users are found by a part of userId or name, with the count of the whole organization', async () => {
  const { done } = operator(shared);
  const found = async (text: string) =>
    (await done('GET', 'users', undefined, { ...one, text })) as { users: Fields[] };
  expect((await found('caro')).users).toMatchObject([{ userId: 'carol', name: 'Name of carol', blockedRobots: [] }]);
  expect((await found('Name of bo')).users).toMatchObject([{ userId: 'bob', name: 'Name of bob', blockedRobots: [] }]);
  expect(await found('%')).toMatchObject({ users: [], count: 3 + crowd.length });
});

test('organizations, apps and robots are found by a part of code or name in any case, page by page', async () => {
  const { done } = await createScene();
  const codes = async (path: string, code: string, query: Readonly<Record<string, string>>) =>
    ((await done('GET', path, undefined, query))[path] as Fields[]).map((each) => each[code]);
  await done('POST', 'organizations', { corpId: '100%', name: 'ÉCLAIR_大' });
  expect(await codes('organizations', 'corpId', { text: 'ORGANIZATION t' })).toEqual(['corp-two']);
  expect(await codes('organizations', 'corpId', { text: 'P-On' })).toEqual(['corp-one']);
  for (const text of ['%', '_', '大', 'clair']) {
    expect(await codes('organizations', 'corpId', { text })).toEqual(['100%']);
  }
  expect(await codes('organizations', 'corpId', { text: 'é' })).toEqual([]);
  expect(await codes('apps', 'appKey', { text: 'SUITE' })).toEqual(['suite', 'suite-two']);
  expect(await codes('robots', 'robotCode', { text: 'name of robot-O' })).toEqual(['robot-off', 'robot-one']);
  expect(await codes('robots', 'robotCode', { text: 'robot-', corpId: 'corp-two' })).toEqual([
    'robot-suite',
    'robot-two',
  ]);
  const page = await done('GET', 'apps', undefined, { text: 'suite', limit: '1' });
  expect(page).toMatchObject({ apps: [{ appKey: 'suite' }], cursor: 'suite' });
  const rest = { text: 'suite', limit: '1', cursor: String(page.cursor) };
  expect(await done('GET', 'apps', undefined, rest)).toMatchObject({ apps: [{ appKey: 'suite-two' }], cursor: null });
  expect(refusal(await ask('GET', 'robots', undefined, { text: 'x'.repeat(129) }))).toEqual([400, 'huizhi.badRequest']);
});

test('one organization, app or robot is returned by its code', async () => {
  const { done } = operator(shared);
  expect(await done('GET', 'organizations/corp-two')).toEqual({ corpId: 'corp-two', name: 'Organization two' });
  expect(await done('GET', 'apps/suite-two')).toMatchObject({ appKey: 'suite-two', authorizedBy: ['corp-two'] });
  expect(await done('GET', 'robots/robot-off')).toMatchObject({ robotCode: 'robot-off', disabled: true });
  for (const path of ['organizations/nobody', 'apps/nobody', 'robots/nobody']) {
    expect(refusal(await ask('GET', path))).toEqual([404, 'huizhi.notFound']);
  }
  expect((await shared.call('GET', '/console/v1/robots/robot-off')).status).toBe(401);
});

test('a new organization with users, app and robot sends a message', async () => {
  const { done, call, send } = await createScene();
  await done('POST', 'organizations', { corpId: 'corp-new', name: '新公司' });
  await done('POST', 'users', { corpId: 'corp-new', userId: 'zoe', name: '佐伊' });
  const app = await done('POST', 'apps', {
    appKey: 'app-new',
    kind: 'internal',
    corpId: 'corp-new',
    permissions: ['qyapi_robot_sendmsg'],
  });
  await done('POST', 'robots', { robotCode: 'robot-new', name: '机器人', appKey: 'app-new' });
  const robot = await done('PUT', 'robots/robot-new/installations/corp-new', { installed: true });
  expect(robot).toMatchObject({ installedIn: ['corp-new'], disabled: false });
  const body = { appKey: 'app-new', appSecret: app.appSecret };
  const { accessToken } = ok(await call('POST', '/v1.0/oauth2/accessToken', { body }));
  ok(await send({ robotCode: 'robot-new', userIds: ['zoe'] }, String(accessToken)));
});

test('rotating a secret ends the old one and its tokens immediately', async () => {
  const { done, tokenOf, send, call } = await createScene();
  const token = await tokenOf();
  ok(await send({}, token));
  const { appSecret } = await done('POST', 'apps/app-one/rotate');
  expect(refusal(await send({}, token))).toEqual([400, 'InvalidAuthentication']);
  const again = (secret: unknown) =>
    call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'app-one', appSecret: secret } });
  expect(refusal(await again(appSecrets['app-one']))).toEqual([400, 'invalidClientIdOrSecret']);
  ok(await send({}, String(ok(await again(appSecret)).accessToken)));
});

test('permissions, authorizations, installations, templates, limits and disabling apply from the next call on', async () => {
  const { audit, done, send, suiteToken } = await createScene();
  const code = async (body: object = {}, token?: string) => (await send(body, token)).body.code;
  const change = (path: string, body: object) => done('PUT', path, body);
  await change('apps/app-one/permissions', { permissions: [] });
  expect(await code()).toBe('Forbidden.AccessDenied.AccessTokenPermissionDenied');
  await change('apps/app-one/permissions', { permissions: ['qyapi_robot_sendmsg'] });
  await change('robots/robot-one', { disabled: true });
  expect(await code()).toBe('chatbotId.notAllow.sendOTO');
  await change('robots/robot-one', { disabled: false, perUserPerMinute: 1 });
  await change('robots/robot-one/templates/sampleText', { state: 'stopped' });
  expect(await code()).toBe('template.stopped');
  await change('robots/robot-one/templates/sampleText', { state: 'removed' });
  expect(await code()).toBe('template.not.existed');
  await change('robots/robot-one/templates/sampleText', { state: 'active' });
  ok(await send());
  expect(ok(await send()).flowControlledStaffIdList).toEqual(['alice']);
  expect(await change('robots/robot-one', { coolAppCode: 'COOLAPP-1' })).toMatchObject({ coolAppCode: 'COOLAPP-1' });
  const [entry] = await audit();
  expect(entry).toMatchObject({ before: { coolAppCode: null }, after: { coolAppCode: 'COOLAPP-1' } });
  expect(await change('robots/robot-one', { name: 'x' })).toMatchObject({ coolAppCode: 'COOLAPP-1' });
  expect(await change('robots/robot-one', { coolAppCode: null })).toMatchObject({ coolAppCode: null });
  await change('robots/robot-one/installations/corp-one', { installed: false });
  expect(await code()).toBe('invalidParameter.robotCode.invalid');
  const token = await suiteToken('corp-one');
  await change('apps/suite/authorizations/corp-one', { authorized: false });
  expect(await code({ robotCode: 'robot-suite' }, token)).toBe('InvalidAuthentication');
  await change('apps/suite/authorizations/corp-one', { authorized: true });
  expect(await code({ robotCode: 'robot-suite' }, token)).toBe('InvalidAuthentication');
});

test('a removed user gets no more messages and is signed out, and may be added again', async () => {
  const { done, send, signIn, call, sent, receipt } = await createScene();
  const key = await sent();
  const session = await signIn('alice');
  await done('PUT', 'users/alice', { name: 'Alice Two' }, one);
  expect((await receipt(key)).messageReadInfoList[0]?.name).toBe('Alice Two');
  await done('DELETE', 'users/alice', undefined, one);
  expect((await call('GET', '/inbox/v1/messages', { headers: bearer(session) })).status).toBe(401);
  expect((await send()).body.code).toBe('staffId.notExisted');
  expect((await receipt(key)).messageReadInfoList[0]?.name).toBe('Alice Two');
  await done('POST', 'users', { ...one, userId: 'alice', name: 'Alice Three' });
  ok(await send());
});

test('CSV imports users: a dry run reports, and an error in one line stops the whole import', async () => {
  const { done, ask } = await createScene();
  const bring = (csv: string, dryRun = false) => done('POST', 'users/import', { ...one, csv, dryRun });
  const names = async () => JSON.stringify(await done('GET', 'users', undefined, { ...one, limit: '100' }));
  const before = await names();
  const good = '\uFEFFuserId,name\r\nnew1,"Smith, ""Jo"""\r\n\r\nbob,Robert\r\ncarol,Name of carol\r\n';
  const counts = { created: 1, renamed: 1, changed: 0, unchanged: 1, errors: [] };
  expect(await bring(good, true)).toEqual({ dryRun: true, ...counts });
  expect(await names()).toBe(before);
  const bad = 'a1,A\na1,B\nb1\n,C\nd1,\ne 1,E\n"f1,F\ng1,G,H\n';
  const refused = (await bring(bad)) as { errors: { line: number; message: string }[] };
  expect(refused.errors.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect(await names()).toBe(before);
  expect(await bring(good)).toEqual({ dryRun: false, ...counts });
  expect(await names()).toContain('Smith, \\"Jo\\"');
  expect(await bring(good)).toMatchObject({ created: 0, renamed: 0, unchanged: 3 });
  expect(refusal(await ask('POST', 'users/import', { ...one, csv: 7, dryRun: false }))).toEqual([
    400,
    'huizhi.badRequest',
  ]);
});

test('suite tickets are created and the two newest are shown', async () => {
  const { done, ask } = await createScene();
  const made = [await done('POST', 'apps/suite/suiteTickets'), await done('POST', 'apps/suite/suiteTickets')];
  const { suiteTickets } = (await done('GET', 'apps/suite/suiteTickets')) as { suiteTickets: Fields[] };
  expect(suiteTickets).toEqual(made.toReversed());
  expect(refusal(await ask('GET', 'apps/app-one/suiteTickets'))).toEqual([409, 'huizhi.conflict']);
});

test('what exists is not created again, also by two concurrent calls', async () => {
  const { ask } = await createScene();
  for (const [path, body] of [
    ['organizations', { corpId: 'corp-one', name: 'n' }],
    ['users', { ...one, userId: 'alice', name: 'n' }],
    ['apps', { appKey: 'app-one', kind: 'internal', ...one }],
    ['robots', { robotCode: 'robot-one', name: 'n', appKey: 'app-one' }],
  ] as const) {
    expect(refusal(await ask('POST', path, body))).toEqual([409, 'huizhi.conflict']);
  }
  const twice = await Promise.all([1, 2].map(() => ask('POST', 'organizations', { corpId: 'corp-3', name: 'n' })));
  expect(twice.map(({ status }) => status)).toEqual([200, 409]);
  expect(refusal(await ask('POST', 'apps', { appKey: 'x', kind: 'internal' }))).toEqual([409, 'huizhi.conflict']);
  expect(refusal(await ask('PUT', 'robots/robot-one/installations/corp-two', { installed: true }))).toEqual([
    409,
    'huizhi.conflict',
  ]);
});

test('what does not exist is not found, and leaves no entry in the audit log', async () => {
  const { ask, audit } = await createScene();
  for (const [method, path, body] of [
    ['PUT', 'organizations/nowhere', { name: 'n' }],
    ['GET', 'users?corpId=nowhere', undefined],
    ['POST', 'users', { corpId: 'nowhere', userId: 'u', name: 'n' }],
    ['PUT', 'users/nobody?corpId=corp-one', { name: 'n' }],
    ['DELETE', 'users/nobody?corpId=corp-one', undefined],
    ['POST', 'apps/nothing/rotate', undefined],
    ['PUT', 'apps/suite/authorizations/nowhere', { authorized: true }],
    ['PUT', 'robots/nothing', { disabled: true }],
    ['PUT', 'robots/robot-one/templates/sampleNothing', { state: 'active' }],
    ['GET', 'statistics?corpId=nowhere', undefined],
  ] as const) {
    expect([path, ...refusal(await ask(method, path, body))]).toEqual([path, 404, 'huizhi.notFound']);
  }
  expect(await audit()).toEqual([]);
});

test('a name may contain joined emoji', async () => {
  const { done } = await createScene();
  const name = '林工 👩‍💻👨‍👩‍👧‍👦';
  expect(await done('POST', 'users', { ...one, userId: 'dotted.', name })).toMatchObject({ userId: 'dotted.', name });
});

test('bad bodies are refused and change nothing', async () => {
  for (const [method, path, body] of [
    ['POST', 'organizations', { corpId: 'with space', name: 'n' }],
    ['POST', 'organizations', { corpId: 'x', name: ' ' }],
    ['POST', 'organizations', { corpId: 'x', name: '\u200d' }],
    ['POST', 'organizations', { corpId: 'x', name: 'exe\u202egnp' }],
    ['POST', 'users', { ...one, userId: '..', name: 'n' }],
    ['POST', 'organizations', '{'],
    ['POST', 'users', { ...one, userId: 'a\nb', name: 'n' }],
    ['POST', 'apps', { appKey: 'x', kind: 'other' }],
    ['PUT', 'apps/app-one/permissions', { permissions: 'all' }],
    ['PUT', 'robots/robot-one', { perUserPerDay: -1 }],
    ['PUT', 'robots/robot-one', { perUserPerDay: 1.5 }],
    ['PUT', 'robots/robot-one/templates/sampleText', { state: 'gone' }],
  ] as const) {
    expect([path, ...refusal(await ask(method, path, body))]).toEqual([path, 400, 'huizhi.badRequest']);
  }
  expect(await operator(shared).audit()).toEqual([]);
});

test('a change without effect leaves no entry in the audit log, and an organization’s entry names it once', async () => {
  const { done, audit } = await createScene();
  await done('POST', 'organizations', { corpId: 'corp-new', name: 'New' });
  expect(await audit()).toMatchObject([{ target: 'corp-new', before: null, after: { name: 'New' } }]);
  await done('PUT', 'organizations/corp-new', { name: 'New' });
  await done('PUT', 'users/bob', { name: 'Name of bob' }, one);
  await done('PUT', 'robots/robot-one', {});
  await done('PUT', 'robots/robot-one', { disabled: false });
  await done('PUT', 'apps/app-one/permissions', { permissions });
  expect(await audit()).toHaveLength(1);
});

test('every change is in the audit log, with who, before and after, and no secret', async () => {
  const { done, audit, call, server } = await createScene();
  const { csrfToken } = ok(await call('POST', '/console/v1/sessions', { body: { adminToken: server.adminToken } }));
  expect(csrfToken).toBeDefined();
  const secrets: unknown[] = [];
  secrets.push((await done('POST', 'apps', { appKey: 'a1', kind: 'thirdParty' })).appSecret);
  secrets.push((await done('POST', 'apps/a1/rotate')).appSecret);
  secrets.push((await done('POST', 'apps/a1/suiteTickets')).suiteTicket);
  secrets.push((await done('POST', 'signInCodes', { ...one, userId: 'bob' })).code);
  await done('PUT', 'organizations/corp-one', { name: 'One' });
  await done('PUT', 'users/bob', { name: 'Robert' }, one);
  await done('PUT', 'robots/robot-one', { disabled: true });
  await done('PUT', 'robots/robot-more/installations/corp-one', { installed: false });
  const entries = await audit();
  expect(entries.map(({ action }) => action)).toEqual([
    'robot.install',
    'robot.change',
    'user.rename',
    'organization.rename',
    'user.signInCode',
    'app.suiteTicket',
    'app.rotate',
    'app.create',
  ]);
  expect(entries[2]).toMatchObject({
    actor: 'token',
    corpId: 'corp-one',
    target: 'bob',
    before: { name: 'Name of bob' },
    after: { name: 'Robert' },
  });
  for (const secret of secrets) expect(JSON.stringify(entries)).not.toContain(String(secret));
});

test('statistics count sends, deliveries and reads where the message was sent, and how long reading took', async () => {
  const { done, freeze, advance, sent, emulate } = await createScene();
  const start = Date.UTC(2026, 0, 1, 10);
  await freeze(start);
  const first = await sent({ userIds: ['alice', 'bob'] });
  await advance('90m');
  await sent({ robotCode: 'robot-more' });
  await emulate('POST', 'reads', { processQueryKey: first });
  const count = (query: object = {}) =>
    done('GET', 'statistics', undefined, { ...one, from: String(start), to: String(start + 7_200_000), ...query });
  const all = await count();
  expect(all).toMatchObject({
    totals: { sends: 2, deliveries: 3, reads: 2 },
    buckets: [
      { start, sends: 1, deliveries: 2, reads: 2 },
      { start: start + 3_600_000, sends: 1, deliveries: 1, reads: 0 },
    ],
  });
  expect((all.timeToRead as Fields[]).filter(({ reads }) => reads !== 0)).toEqual([{ under: 7_200_000, reads: 2 }]);
  expect((await count({ robotCode: 'robot-more' })).totals).toEqual({ sends: 1, deliveries: 1, reads: 0 });
  expect((await count({ corpId: 'corp-two' })).totals).toEqual({ sends: 0, deliveries: 0, reads: 0 });
  const days = (await count({ bucket: 'day', dayStart: '16' })) as { buckets: Fields[] };
  expect(days.buckets).toEqual([{ start: Date.UTC(2025, 11, 31, 16), sends: 2, deliveries: 3, reads: 2 }]);
});

test('without a start statistics have seven days or 168 hours, including the current one', async () => {
  const { done, freeze, sent } = await createScene();
  const now = Date.UTC(2026, 0, 10, 10, 30);
  await freeze(now);
  await sent();
  const buckets = async (query: object) =>
    (await done('GET', 'statistics', undefined, { ...one, ...query })).buckets as { start: number; sends: number }[];
  const days = await buckets({ bucket: 'day', dayStart: '16' });
  expect([days.length, days[0]?.start, days[6]?.sends]).toEqual([7, Date.UTC(2026, 0, 3, 16), 1]);
  const hours = await buckets({ bucket: 'hour' });
  expect([hours.length, hours[0]?.start, hours[167]?.sends]).toEqual([168, Date.UTC(2026, 0, 3, 11), 1]);
});

test('the first page of a list says how many items there are, or at least how many', async () => {
  const { done } = operator(await testServer());
  const listed = async (path: string, query: Readonly<Record<string, string>> = {}) =>
    (await done('GET', path, undefined, query)) as Fields;
  const all = { ...one, limit: '2' };
  expect((await listed('users', all)).total).toEqual({ count: 3 + crowd.length, isExact: true });
  expect((await listed('users', { ...all, text: 'name of u' })).total).toEqual({ count: 2, isExact: false });
  expect((await listed('users', { ...all, text: 'carol' })).total).toEqual({ count: 1, isExact: true });
  expect((await listed('users', { ...all, cursor: 'bob' })).total).toBeUndefined();
  expect((await listed('organizations', { limit: '1' })).total).toEqual({ count: 2, isExact: true });
  expect((await listed('apps', { text: 'suite' })).total).toEqual({ count: 2, isExact: true });
  expect((await listed('robots', { limit: '1', text: 'no such robot' })).total).toEqual({ count: 0, isExact: true });
  for (const name of ['A', 'B', 'C']) await done('PUT', 'users/alice', { name }, one);
  expect((await listed('audit', { limit: '1' })).total).toEqual({ count: 3, isExact: true });
});

test('one user is returned by userId, also after leaving', async () => {
  const { done, ask } = operator(await testServer());
  const alice = { userId: 'alice', name: 'Name of alice' };
  expect(await done('GET', 'users/alice', undefined, one)).toMatchObject({ ...alice, leftAt: null });
  await done('DELETE', 'users/alice', undefined, one);
  expect(await done('GET', 'users/alice', undefined, one)).toMatchObject({ ...alice, leftAt: expect.any(Number) });
  expect(refusal(await ask('GET', 'users/nobody', undefined, one))).toEqual([404, 'huizhi.notFound']);
});

test('statistics over a range that is empty or too long are refused', async () => {
  for (const query of [
    { from: '10', to: '5' },
    { from: '0', to: String(3_600_000 * 1001) },
    { bucket: 'week' },
    { dayStart: '24' },
  ] as Record<string, string>[]) {
    expect(refusal(await ask('GET', 'statistics', undefined, { ...one, ...query }))).toEqual([
      400,
      'huizhi.badRequest',
    ]);
  }
});
