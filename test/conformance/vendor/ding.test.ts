import { expect, test } from 'vitest';
import { dingWorld, readListOf } from '../support/dings.ts';
import { type Fields, fileServer, testServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal, tokenHeader, world } from '../support/world.ts';

const shared = await fileServer();

const { advance, call, ding, dinged, emulate, freeze, inboxOf, open, outbox, readDings, recallDing, signIn, statuses } =
  dingWorld(world(shared));
const here = dingWorld(world(shared));

test('a DING reaches the inbox at once, and its read status follows the read', async () => {
  const openDingId = await dinged({ receiverUserIdList: ['alice', 'bob'], content: 'Disk full' });
  const session = await signIn('alice');
  const [first] = (await open(session)).dings;
  expect(first).toMatchObject({ robotCode: 'robot-one', channel: 'app', content: 'Disk full', readAt: null });
  const before = ok(await statuses(openDingId));
  expect(before).toEqual({
    success: true,
    result: {
      robotDingReadInfoList: [
        { userId: 'alice', readStatus: 'UNREAD' },
        { userId: 'bob', readStatus: 'UNREAD' },
      ],
    },
  });
  expect(ok(await readDings(session, first?.dingId ?? '')).read).toBe(1);
  expect(ok(await readDings(session, first?.dingId ?? '')).read).toBe(0);
  expect(readListOf(ok(await statuses(openDingId))).map(({ readStatus }) => readStatus)).toEqual(['READ', 'UNREAD']);
  expect((await open(session)).dings.map(({ dingId }) => dingId)).not.toContain(first?.dingId);
});

test('a DING changes neither the messages of the inbox nor their number', async () => {
  const session = await signIn('u20');
  await dinged({ receiverUserIdList: ['u20'] });
  expect(await inboxOf(session)).toMatchObject({ messages: [], unreadCount: 0 });
});

test('the events of a DING arrive live, in order, and can be read again from a number', async () => {
  const session = await signIn('u21');
  const live = await follow(shared, session, '?since=0');
  const openDingId = await dinged({ receiverUserIdList: ['u21'], content: 'Now' });
  const arrived = await live.next();
  expect(arrived).toMatchObject({ id: 1, event: 'ding', data: { content: 'Now', channel: 'app', readAt: null } });
  const dingId = String(arrived?.data.dingId);
  ok(await readDings(session, dingId));
  expect(await live.next()).toMatchObject({ id: 2, event: 'dingRead', data: { dingId } });
  ok(await recallDing(openDingId));
  expect(await live.next()).toMatchObject({ id: 3, event: 'dingRecall', data: { dingId } });
  const again = await follow(shared, session, '?since=0');
  for (const id of [1, 2, 3]) expect(await again.next()).toMatchObject({ id, event: 'dingRecall', data: { dingId } });
});

test('a recalled DING disappears with its text, and who has read it stays on record', async () => {
  const openDingId = await dinged({ receiverUserIdList: ['u01', 'u02'], content: 'a secret of the DING' });
  const session = await signIn('u01');
  const [first] = (await open(session)).dings;
  ok(await readDings(session, first?.dingId ?? ''));
  expect(ok(await recallDing(openDingId))).toEqual({ openDingId });
  expect((await open(await signIn('u02'))).dings).toEqual([]);
  const other = await signIn('u02');
  expect(ok(await readDings(other, first?.dingId ?? '')).read).toBe(0);
  expect(readListOf(ok(await statuses(openDingId))).map(({ readStatus }) => readStatus)).toEqual(['READ', 'UNREAD']);
  const { deliveries } = await outbox({ state: 'recalled' });
  expect(deliveries[0]).toMatchObject({ content: '', state: 'recalled' });
  expect(ok(await recallDing(openDingId))).toEqual({ openDingId });
});

test('unknown receivers and those who block the robot are listed by reason, and the others get the DING', async () => {
  const session = await signIn('u03');
  const headers = bearer(session);
  ok(await call('PUT', '/inbox/v1/robots/robot-one', { body: { blocked: true }, headers }));
  const sent = ok(await ding({ receiverUserIdList: ['u03', 'nobody', 'u04', 'u04', 'none'] }));
  expect(sent.failedList).toEqual({ 'staffId.notExisted': ['nobody', 'none'], 'staffId.filtered': ['u03'] });
  expect(readListOf(ok(await statuses(sent.openDingId))).map(({ userId }) => userId)).toEqual(['u04']);
  expect((await open(session)).dings).toEqual([]);
  ok(await call('PUT', '/inbox/v1/robots/robot-one', { body: { blocked: false }, headers }));
});

test('a DING that all receivers get has an empty failedList', async () => {
  expect(ok(await ding()).failedList).toEqual({});
});

const many = Array.from({ length: 201 }, (_, i) => `user-${i}`);

test.each([
  ['an unknown robot', { robotCode: 'robot-none' }, 'invalid.chatbotId'],
  ['a robot that is not installed', { robotCode: 'robot-away' }, 'invalid.chatbotId'],
  ['a robot of another app', { robotCode: 'robot-next' }, 'invalid.chatbotId'],
  ['a robot of another organization', { robotCode: 'robot-two' }, 'invalid.chatbotId'],
  ['a disabled robot', { robotCode: 'robot-off' }, 'send.ding.exception'],
  ['a blank robotCode', { robotCode: ' ' }, 'invalidParameter.param.invalid'],
  ['a remindType of 0', { remindType: 0 }, 'invalidParameter.param.invalid'],
  ['a remindType of 4', { remindType: 4 }, 'invalidParameter.param.invalid'],
  ['a remindType as text', { remindType: '1' }, 'invalidParameter.param.invalid'],
  ['no receiver', { receiverUserIdList: [] }, 'miss.staffId'],
  ['unknown receivers only', { receiverUserIdList: ['nobody'] }, 'miss.staffId'],
  ['a receiver of another organization only', { receiverUserIdList: ['mallory'] }, 'miss.staffId'],
  ['receivers as text', { receiverUserIdList: 'alice' }, 'invalidParameter.param.invalid'],
  ['a receiver that is no text', { receiverUserIdList: [7] }, 'invalidParameter.param.invalid'],
  ['201 receivers', { receiverUserIdList: many }, 'ding.receivercount.limit'],
  ['21 receivers of SMS', { remindType: 2, receiverUserIdList: many.slice(0, 21) }, 'ding.receivercount.limit'],
  ['21 receivers of calls', { remindType: 3, receiverUserIdList: many.slice(0, 21) }, 'ding.receivercount.limit'],
  ['a blank content', { content: ' \n' }, 'invalidParameter.param.invalid'],
  ['a content of NULs', { content: '\0\0' }, 'invalidParameter.param.invalid'],
  ['a content that is no text', { content: {} }, 'invalidParameter.param.invalid'],
  ['a long content', { content: '字'.repeat(5001) }, 'invalidParameter.param.invalid'],
  ['an unknown voice', { remindType: 3, callVoice: 'Gentle_Female_Voice' }, 'invalidParameter.param.invalid'],
])('%s is refused, and nothing is sent', async (_, body, code) => {
  const session = await signIn('alice');
  const before = await open(session);
  expect(refusal(await ding(body))).toEqual([400, code]);
  expect(await open(session)).toEqual(before);
});

test.each(['robotCode', 'remindType', 'receiverUserIdList', 'content'])('%s is mandatory', async (field) => {
  expect(refusal(await ding({ [field]: undefined }))).toEqual([400, `Missing${field}`]);
});

test('the messages of the errors name what is wrong', async () => {
  expect((await ding({ robotCode: 'robot-none' })).body.message).toBe('invalid.chatbotId robot-none');
  expect((await ding({ receiverUserIdList: ['x', 'y'] })).body.message).toBe('miss.staffId x,y');
  expect((await ding({ remindType: 9 })).body.message).toBe('参数不合法remindType');
  expect((await recallDing('unknown')).body.message).toBe('recall.ding.exception unknown');
});

test('200 receivers are allowed, of which the known ones get the DING', async () => {
  const sent = ok(await ding({ receiverUserIdList: ['alice', ...many.slice(0, 199)] }));
  expect((sent.failedList as Record<string, string[]>)['staffId.notExisted']).toHaveLength(199);
});

test('a lone surrogate and a NUL in the content are replaced or dropped', async () => {
  const session = await signIn('u05');
  const body = '{"robotCode":"robot-one","remindType":1,"receiverUserIdList":["u05"],"content":"a\\u0000b \\ud83c"}';
  const headers = { [tokenHeader]: await here.tokenOf() };
  ok(await call('POST', '/v1.0/robot/ding/send', { body, headers }));
  expect((await open(session)).dings[0]?.content).toBe('ab \ufffd');
});

test('a call needs the permission Premium.Ding.Write', async () => {
  const token = await here.tokenOf('app-bare');
  const reply = await ding({ robotCode: 'robot-bare' }, token);
  expect(refusal(reply)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  expect(reply.body.accessdenieddetail).toEqual({ requiredScopes: ['Premium.Ding.Write'] });
});

test('SMS and calls go to the outbox, with their voice, and can be filtered by channel and state', async () => {
  const { server } = world(await testServer());
  const two = dingWorld(world(server));
  await two.dinged({ remindType: 2, receiverUserIdList: ['bob', 'carol'], content: 'By SMS' });
  await two.dinged({ remindType: 3, receiverUserIdList: ['bob'], content: 'By phone' });
  const voice = 'Standard_Male_Voice';
  const openDingId = await two.dinged({ remindType: 3, receiverUserIdList: ['carol'], callVoice: voice });
  await two.dinged({ receiverUserIdList: ['bob'], content: 'In the app' });
  const of = async (query: Readonly<Record<string, string>>) =>
    (await two.outbox(query)).deliveries.map(({ userId, channel, state }) => `${channel} ${userId} ${state}`);
  expect(await of({ channel: 'sms' })).toEqual(['sms bob unread', 'sms carol unread']);
  expect(await of({ channel: 'phone' })).toEqual(['phone carol unread', 'phone bob unread']);
  expect((await two.outbox({ channel: 'phone' })).deliveries.map(({ callVoice }) => callVoice)).toEqual([
    voice,
    'Standard_Female_Voice',
  ]);
  expect(await two.emulate('POST', 'dings/read', { openDingId })).toEqual({ read: 1 });
  expect(await of({ state: 'read' })).toEqual(['phone carol read']);
  expect(await of({ channel: 'sms', state: 'read' })).toEqual([]);
  expect(await of({})).toHaveLength(5);
});

test('the outbox is paged without a gap or a repeat', async () => {
  const two = dingWorld(world(await testServer()));
  await two.dinged({ receiverUserIdList: ['alice', 'bob', 'carol'] });
  await two.dinged({ remindType: 2, receiverUserIdList: ['alice', 'bob'] });
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await two.outbox({ limit: '2', ...(cursor && { cursor }) });
    seen.push(...page.deliveries.map(({ channel, userId }) => `${channel} ${userId}`));
    cursor = page.cursor;
  }
  expect(seen).toEqual(['sms alice', 'sms bob', 'app alice', 'app bob', 'app carol']);
});

test('the quota of SMS and calls is refused when it is used up, and refused DINGs use nothing', async () => {
  const two = dingWorld(world(await testServer()));
  const setQuota = (body: object) => two.emulate('PUT', 'dingQuotas', { corpId: 'corp-one', ...body });
  expect(await setQuota({ sms: 3, phone: 0 })).toEqual({
    sms: { quota: 3, used: 0 },
    phone: { quota: 0, used: 0 },
  });
  const sms = { remindType: 2, receiverUserIdList: ['alice', 'bob'] };
  ok(await two.ding(sms));
  expect(refusal(await two.ding(sms))).toEqual([400, 'ding.serverquota.insufficient']);
  expect((await two.ding(sms)).body.message).toBe('ding server quota insufficient');
  expect(refusal(await two.ding({ remindType: 3 }))).toEqual([400, 'ding.serverquota.insufficient']);
  ok(await two.ding({ ...sms, receiverUserIdList: ['carol', 'nobody'] }));
  ok(await two.ding());
  expect(await setQuota({})).toMatchObject({ sms: { quota: 3, used: 3 }, phone: { used: 0 } });
  expect(await setQuota({ phone: null })).toMatchObject({ phone: { quota: null } });
  ok(await two.ding({ remindType: 3 }));
});

test('an operator sets the quota, and the audit log has it', async () => {
  const two = dingWorld(world(await testServer()));
  const headers = bearer(two.server.adminToken);
  const path = '/console/v1/organizations/corp-one/dingQuota';
  const answer = ok(await two.call('PUT', path, { body: { sms: 1 }, headers }));
  expect(answer).toEqual({ sms: { quota: 1, used: 0 }, phone: { quota: null, used: 0 } });
  expect(ok(await two.call('PUT', path, { body: { sms: 1 }, headers }))).toEqual(answer);
  const { entries } = ok(await two.call('GET', '/console/v1/audit', { headers })) as { entries: Fields[] };
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    action: 'ding.quota',
    target: 'corp-one',
    before: { sms: null, phone: null },
    after: { sms: 1, phone: null },
  });
  expect(refusal(await two.call('GET', '/console/v1/dings', { query: { corpId: 'none' }, headers }))).toEqual([
    404,
    'huizhi.notFound',
  ]);
});

test('a robot sends at most 6000 DINGs in a minute', { timeout: 300_000 }, async () => {
  const two = dingWorld(world(await testServer()));
  await two.freeze();
  const token = await two.tokenOf();
  for (let sent = 0; sent < 6000; sent += 100) {
    const replies = await Promise.all(Array.from({ length: 100 }, () => two.ding({}, token)));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
  }
  const refused = await two.ding({}, token);
  expect(refusal(refused)).toEqual([400, 'toomuch.msg']);
  expect(refused.headers['retry-after']).toBe('60');
  ok(await two.ding({ robotCode: 'robot-more' }, token));
  await two.advance('1m');
  ok(await two.ding({}, token));
});

test('a repeat with the same idempotency-key gets the first answer and sends nothing', async () => {
  const body = { receiverUserIdList: ['u06', 'nobody'] };
  const first = await ding(body, undefined, { 'idempotency-key': 'a' });
  expect((await ding(body, undefined, { 'idempotency-key': 'a' })).text).toBe(first.text);
  expect((await open(await signIn('u06'))).dings).toHaveLength(1);
  const other = await ding({ ...body, content: 'Other' }, undefined, { 'idempotency-key': 'a' });
  expect(refusal(other)).toEqual([409, 'huizhi.idempotencyMismatch']);
  ok(await here.send({ userIds: ['u06'] }, undefined, { 'idempotency-key': 'a' }));
});

test('another robot, another organization and a changed character have no access to a DING', async () => {
  const openDingId = await dinged({ content: 'words of organization one' });
  const token = await here.tokenOf('app-two');
  const attempts = [
    ['robot-more', openDingId, undefined],
    ['robot-two', openDingId, token],
    ['robot-one', openDingId.replace(/.$/, (last) => (last === '0' ? '1' : '0')), undefined],
    ['robot-one', 'x', undefined],
  ] as const;
  for (const [robotCode, id, given] of attempts) {
    const asked = { robotCode, openDingId: id };
    expect(refusal(await here.ask('ding/recall', asked, given))).toEqual([400, 'recall.ding.exception']);
    const reply = await here.ask('ding/readStatuses/query', asked, given);
    expect(refusal(reply)).toEqual([400, 'invalidParameter.param.invalid']);
    expect(reply.text).not.toContain('alice');
  }
  expect((await open(await signIn('alice'))).dings[0]?.content).toBe('words of organization one');
  const otherAlice = await signIn('alice', 'corp-two');
  expect((await open(otherAlice)).dings).toEqual([]);
  const [own] = (await open(await signIn('alice'))).dings;
  expect(ok(await readDings(otherAlice, own?.dingId ?? '')).read).toBe(0);
  expect(ok(await readDings(await signIn('bob'), own?.dingId ?? '')).read).toBe(0);
  expect((await outbox({ corpId: 'corp-two' })).deliveries).toEqual([]);
});

test.each([
  ['an unknown robot', { robotCode: 'robot-none' }],
  ['a blank openDingId', { openDingId: ' ' }],
  ['an openDingId that is no text', { openDingId: 5 }],
])('recall and read status refuse %s', async (_, body) => {
  const openDingId = await dinged();
  expect(refusal(await recallDing(openDingId, body))).toEqual([400, 'invalidParameter.param.invalid']);
  expect(refusal(await statuses(openDingId, body))).toEqual([400, 'invalidParameter.param.invalid']);
});

test('an inbox lists its DINGs newest first, in pages, and refuses ids that were not issued', async () => {
  for (const content of ['one', 'two', 'three']) await dinged({ receiverUserIdList: ['u07'], content });
  const session = await signIn('u07');
  const first = await open(session, { limit: '2' });
  expect(first.dings.map(({ content }) => content)).toEqual(['three', 'two']);
  const rest = await open(session, { limit: '2', cursor: String(first.cursor) });
  expect([rest.dings.map(({ content }) => content), rest.cursor]).toEqual([['one'], null]);
  expect(refusal(await readDings(session, 'x'))).toEqual([400, 'huizhi.badRequest']);
});

test('a receiver who has left stays in the read status, and a new user of the same userId sees nothing', async () => {
  const two = dingWorld(world(await testServer()));
  const headers = bearer(two.server.adminToken);
  const openDingId = await two.dinged({ receiverUserIdList: ['u01'] });
  ok(await two.call('DELETE', '/console/v1/users/u01?corpId=corp-one', { headers }));
  const newcomer = { corpId: 'corp-one', userId: 'u01', name: 'Another person' };
  ok(await two.call('POST', '/console/v1/users', { body: newcomer, headers }));
  expect(readListOf(ok(await two.statuses(openDingId)))).toEqual([{ userId: 'u01', readStatus: 'UNREAD' }]);
  expect((await two.open(await two.signIn('u01'))).dings).toEqual([]);
});

test('DINGs are removed after the retention, with their events, and a snapshot restores them', async () => {
  const two = dingWorld(world(await testServer()));
  await two.freeze();
  const openDingId = await two.dinged({ receiverUserIdList: ['alice'] });
  const snapshot = await two.emulate('GET', 'snapshot');
  await two.advance('91d');
  expect(refusal(await two.statuses(openDingId))).toEqual([400, 'invalidParameter.param.invalid']);
  expect((await two.outbox({})).deliveries).toEqual([]);
  await two.emulate('PUT', 'snapshot', snapshot);
  expect(readListOf(ok(await two.statuses(openDingId)))).toEqual([{ userId: 'alice', readStatus: 'UNREAD' }]);
  await two.emulate('POST', 'reset');
  expect((await two.outbox({})).deliveries).toEqual([]);
});

test('the emulator lists DINGs with their openDingIds, and lets receivers read', async () => {
  const two = dingWorld(world(await testServer()));
  const openDingId = await two.dinged({ receiverUserIdList: ['alice', 'bob'] });
  const { deliveries } = (await two.emulate('GET', 'dings?corpId=corp-one')) as unknown as { deliveries: Fields[] };
  expect(deliveries).toMatchObject([
    { openDingId, userId: 'alice' },
    { openDingId, userId: 'bob' },
  ]);
  expect(await two.emulate('POST', 'dings/read', { openDingId, userIds: ['bob'] })).toEqual({ read: 1 });
  expect(await two.emulate('POST', 'dings/read', { openDingId })).toEqual({ read: 1 });
  const stranger = { openDingId, userIds: ['carol'] };
  const reply = await two.call('POST', '/emulator/v1/dings/read', { body: stranger });
  expect(refusal(reply)).toEqual([404, 'huizhi.notFound']);
});

test('the clock of a read is that of the emulator, and the first read is kept', async () => {
  const now = await freeze();
  const openDingId = await dinged({ receiverUserIdList: ['u08'] });
  await emulate('POST', 'dings/read', { openDingId });
  await advance('5m');
  await emulate('POST', 'dings/read', { openDingId });
  const { deliveries } = await outbox({ limit: '1' });
  expect(deliveries[0]).toMatchObject({ userId: 'u08', readAt: now });
  await emulate('POST', 'clock', { freeze: false });
});
