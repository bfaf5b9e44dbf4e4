/** The emulator inside a test runner: its controls, and that it does not affect the process. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { demoSetup, type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';

async function startOne(options: EmulatorOptions = {}): Promise<Emulator> {
  const huizhi = await startEmulator(options);
  onTestFinished(() => huizhi.close());
  return huizhi;
}

type Json = Readonly<Record<string, unknown>>;
type Robot = { send(text: string, ...userIds: string[]): Promise<string>; readStatus(key: string): Promise<Json> };

/** A program that sends with fetch only. */
async function robotOf(huizhi: Emulator, fetch = huizhi.fetch): Promise<Robot> {
  const { credentials, robotCode } = huizhi;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const post = async (path: string, body: Json): Promise<Json> => {
    const answer = await fetch(huizhi.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Json;
  };
  headers['x-acs-dingtalk-access-token'] = String((await post('/v1.0/oauth2/accessToken', credentials)).accessToken);
  return {
    async send(content, ...userIds) {
      const message = { robotCode, userIds, msgKey: 'sampleText', msgParam: JSON.stringify({ content }) };
      return String((await post('/v1.0/robot/oToMessages/batchSend', message)).processQueryKey);
    },
    async readStatus(processQueryKey) {
      const query = new URLSearchParams({ robotCode, processQueryKey });
      const answer = await fetch(`${huizhi.url}/v1.0/robot/oToMessages/readStatus?${query}`, { headers });
      return (await answer.json()) as Json;
    },
  };
}

const statusesOf = ({ messageReadInfoList }: Json) =>
  (messageReadInfoList as { readStatus: string }[]).map(({ readStatus }) => readStatus);

describe('startEmulator', () => {
  test.each([true, false])('sends, reads and answers, with a socket: %s', async (socket) => {
    const huizhi = await startOne({ socket });
    const robot = await robotOf(huizhi, socket ? fetch : huizhi.fetch);
    const key = await robot.send('hello', 'user001', 'user002');
    expect(await huizhi.read(key, ['user002'])).toBe(1);
    const status = await robot.readStatus(key);
    expect([status.sendStatus, statusesOf(status)]).toEqual(['SUCCESS', ['UNREAD', 'READ']]);
  });

  test('opens no socket with socket: false', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
    await startOne({ socket: false });
    expect(process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'))).toHaveLength(before);
  });

  test('is closed with its scope, and its port is free again', async () => {
    let url = '';
    {
      await using huizhi = await startEmulator();
      ({ url } = huizhi);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    }
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    const again = await startOne({ port: Number(new URL(url).port) });
    expect(again.url).toBe(url);
  });

  test('accepts a setup, and refuses one that contradicts itself', async () => {
    const [organization] = demoSetup.organizations;
    const users = [{ userId: 'only', name: '独' }];
    const organizations = [{ ...organization, users, groups: [] }, ...demoSetup.organizations.slice(1)];
    const setup = { ...demoSetup, organizations };
    const huizhi = await startOne({ setup: setup as typeof demoSetup, socket: false });
    expect(huizhi.userIds).toEqual(['only']);
    const robots = demoSetup.robots.map((robot) => ({ ...robot, appKey: 'nobody' }));
    await expect(startEmulator({ setup: { ...demoSetup, robots } })).rejects.toThrow(/setup\.robots\.0\.appKey/);
  });

  test.each([
    ['setup.organizations: ', {}],
    ['setup.apps.0.kind: ', { ...demoSetup, apps: [{ ...demoSetup.apps[0], kind: 'outer' }] }],
    ['setup.robots.0.installedIn: ', { ...demoSetup, robots: [{ ...demoSetup.robots[0], installedIn: 'corp' }] }],
  ])('refuses a malformed setup, and names %j', async (sentence, setup) => {
    const failure = startEmulator({ setup: setup as unknown as typeof demoSetup });
    await expect(failure).rejects.toBeInstanceOf(TypeError);
    await expect(failure).rejects.toThrow(sentence);
  });

  test.each([
    [{ readWindow: 'soon' }, 'readWindow "soon" must be a number and a unit'],
    [{ now: new Date('never') }, 'now must be a Date or epoch milliseconds'],
    [{ now: -1 }, 'now must be a Date or epoch milliseconds'],
    [{ now: 2 ** 48 }, 'now must be a Date or epoch milliseconds'],
    [{ now: '2026-01-01' }, 'now must be a Date or epoch milliseconds'],
    [{ sockets: false }, 'startEmulator has no option sockets. Did you mean socket?'],
    [{ database: 'huizhi.db' }, 'startEmulator has no option database.'],
  ])('refuses the unknown option %j by its name', async (options, sentence) => {
    const failure = startEmulator(options as unknown as EmulatorOptions);
    await expect(failure).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(sentence) });
  });

  test('after it is closed, every call says so', async () => {
    const huizhi = await startEmulator({ socket: false });
    const key = await (await robotOf(huizhi)).send('hello', 'user001');
    await huizhi.close();
    const asked = [
      huizhi.read(key),
      huizhi.clock.advance('1s'),
      huizhi.requests(),
      huizhi.waitForMessage(),
      huizhi.waitForRead(key),
    ];
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'huizhi.closed' });
    const unanswered = { message: 'fetch failed', cause: { code: 'huizhi.closed' } };
    await expect(huizhi.fetch('/healthz')).rejects.toMatchObject(unanswered);
  });
});

describe('the controls', () => {
  test('move the clock past the read window', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const robot = await robotOf(huizhi);
    const key = await robot.send('hello', 'user001');
    const before = huizhi.clock.now();
    expect(await huizhi.clock.advance('90m')).toBe(before + 5_400_000);
    expect(await robot.readStatus(key)).toMatchObject({ sendStatus: 'SUCCESS' });
    await huizhi.clock.set(before + 86_400_001);
    await huizhi.clock.advance(0);
    expect((await (await robotOf(huizhi)).readStatus(key)).code).toBe('processQueryKey.expireTime');
  });

  test('hold and release deliveries', async () => {
    const huizhi = await startOne({ socket: false });
    const robot = await robotOf(huizhi);
    await huizhi.hold();
    const key = await robot.send('hello', 'user001');
    expect((await robot.readStatus(key)).sendStatus).toBe('PROCESSING');
    expect(await huizhi.release()).toBe(1);
    expect((await robot.readStatus(key)).sendStatus).toBe('SUCCESS');
  });

  test('make people read without a call', async () => {
    const huizhi = await startOne({ socket: false, frozen: true });
    const robot = await robotOf(huizhi);
    await huizhi.readers([{ userId: 'user001', after: '90s' }]);
    const key = await robot.send('hello', 'user001', 'user002');
    expect(statusesOf(await robot.readStatus(key))).toEqual(['UNREAD', 'UNREAD']);
    await huizhi.clock.advance('90s');
    expect(statusesOf(await robot.readStatus(key))).toEqual(['READ', 'UNREAD']);
  });

  test('return errors, drop connections and give the cause of each failure', async () => {
    const huizhi = await startOne({ socket: false });
    const robot = await robotOf(huizhi);
    const path = '/v1.0/robot/oToMessages/readStatus';
    await huizhi.faults([
      { path, times: 1, error: 'system.error' },
      { path, times: 1, latency: 1, drop: true },
    ]);
    expect((await robot.readStatus('k')).code).toBe('system.error');
    await expect(robot.readStatus('k')).rejects.toThrow('fetch failed');
    expect((await robot.readStatus('k')).code).toBe('invalid.processQueryKey');
    const requests = await huizhi.requests();
    expect(requests.map(({ status }) => status)).toEqual([200, 500, 0, 400]);
    expect(requests.at(-1)?.error?.why).toMatch(/\w/);
  });

  test('save, restore and reset the whole state, also into another emulator', async () => {
    const first = await startOne({ socket: false, seed: 'a' });
    const key = await (await robotOf(first)).send('hello', 'user001');
    const saved = await first.snapshot();
    await first.read(key);
    const second = await startOne({ socket: false, seed: 'b' });
    await second.restore(saved);
    const robot = await robotOf(second);
    expect(statusesOf(await robot.readStatus(key))).toEqual(['UNREAD']);
    await second.reset();
    expect((await (await robotOf(second)).readStatus(key)).code).not.toBeUndefined();
    expect(second.messages()).toEqual([]);
  });

  test('explain what they cannot do', async () => {
    const huizhi = await startOne({ socket: false });
    await expect(huizhi.read('forged')).rejects.toMatchObject({ name: 'EmulatorError', code: 'huizhi.notFound' });
    await expect(huizhi.clock.advance('soon')).rejects.toMatchObject({ code: 'huizhi.badRequest' });
  });

  test('abort a request whose caller has aborted it', async () => {
    const huizhi = await startOne({ socket: false });
    await huizhi.faults([{ latency: '50ms' }]);
    const given = AbortSignal.timeout(5);
    await expect(huizhi.fetch('/v1.0/x', { signal: given })).rejects.toThrow(/timeout/);
  });
});

test('a request that a fault still delays ends with the emulator', async () => {
  const huizhi = await startEmulator({ socket: false });
  await huizhi.faults([{ latency: '1h' }]);
  const held = huizhi.fetch('/v1.0/robot/oToMessages/readStatus');
  await new Promise(setImmediate);
  await Promise.all([expect(held).rejects.toThrow('fetch failed'), huizhi.close()]);
});

describe('waiting', () => {
  test('for a message returns each one once, oldest first, whether it was sent before or arrives later', async () => {
    const huizhi = await startOne();
    const robot = await robotOf(huizhi, fetch);
    await robot.send('disk full on db-1', 'user001');
    await robot.send('all is well', 'user002');
    const later = huizhi.waitForMessage({ text: /db-2/ });
    const first = await huizhi.waitForMessage({ userId: 'user002' });
    expect(first).toMatchObject({ msgParam: { content: 'all is well' }, userIds: ['user002'], msgKey: 'sampleText' });
    const key = await robot.send('disk full on db-2', 'user001', 'nobody');
    expect(await later).toMatchObject({ processQueryKey: key, userIds: ['user001'] });
    expect((await huizhi.waitForMessage()).msgParam).toEqual({ content: 'disk full on db-1' });
    await expect(huizhi.waitForMessage({}, { timeout: '1ms' })).rejects.toThrow(/3 other messages were/);
  });

  test('for reads ends when all named recipients have read', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const key = await (await robotOf(huizhi)).send('hello', 'user001', 'user002');
    const one = huizhi.waitForRead(key, ['user001']);
    const all = huizhi.waitForRead(key);
    await huizhi.read(key, ['user001']);
    const at = huizhi.clock.now();
    expect((await one).map(({ userId, readAt }) => [userId, readAt])).toEqual([
      ['user001', at],
      ['user002', null],
    ]);
    await expect(huizhi.waitForRead(key, undefined, { timeout: 1 })).rejects.toThrow('not read by user002 within 1 ms');
    await huizhi.read(key);
    expect(await all).toHaveLength(2);
    await expect(huizhi.waitForRead(key, ['user003'])).rejects.toMatchObject({ code: 'huizhi.notFound' });
  });

  test('for reads does not wait for a person who has left', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const key = await (await robotOf(huizhi)).send('hello', 'user001', 'user002');
    await huizhi.read(key, ['user001']);
    const all = huizhi.waitForRead(key);
    const remove = { method: 'DELETE', headers: { authorization: `Bearer ${huizhi.adminToken}` } };
    const path = `/console/v1/users/user002?corpId=${huizhi.corpId}`;
    expect((await huizhi.fetch(path, remove)).status).toBe(200);
    expect((await all).map(({ userId, readAt }) => [userId, readAt !== null])).toEqual([
      ['user001', true],
      ['user002', false],
    ]);
  });

  test.each(['soon', -1, Number.NaN, '60d'])('does not take %s for a timeout', async (timeout) => {
    const huizhi = await startOne({ socket: false });
    await expect(huizhi.waitForMessage({}, { timeout })).rejects.toThrow('timeout must be a duration such as 5s');
  });

  test('ends when the emulator is closed, or when its signal aborts', async () => {
    const huizhi = await startEmulator({ socket: false });
    const giving = new AbortController();
    const given = huizhi.waitForMessage({}, { signal: giving.signal });
    giving.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    const waiting = huizhi.waitForMessage();
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'huizhi.closed' }), huizhi.close()]);
  });
});

/** Everything that a program could observe of an emulator, as bytes. */
async function traffic(options: EmulatorOptions): Promise<string> {
  await using huizhi = await startEmulator(options);
  const seen: string[] = [];
  const watched: Emulator['fetch'] = async (input, init) => {
    const answer = await (options.socket === false ? huizhi.fetch : fetch)(input as string, init);
    const text = await answer.clone().text();
    seen.push(JSON.stringify([answer.status, [...answer.headers], text]));
    return answer;
  };
  await huizhi.readers([{ userId: '*', after: '3m', probability: 0.5 }]);
  const robot = await robotOf(huizhi, watched);
  const keys: string[] = [];
  for (const n of [1, 2, 3]) keys.push(await robot.send(`message ${n}`, ...huizhi.userIds.slice(0, 20)));
  await huizhi.clock.advance('5m');
  for (const key of [...keys, 'forged']) await robot.readStatus(key);
  const body = JSON.stringify({ corpId: huizhi.corpId, userId: 'user001' });
  const headers = { 'content-type': 'application/json' };
  await watched(`${huizhi.url}/inbox/v1/sessions`, { method: 'POST', headers, body });
  const requests = options.socket === false ? await huizhi.requests() : [];
  return JSON.stringify([seen, requests, huizhi.adminToken, await huizhi.snapshot()]);
}

describe('a seed', () => {
  test.each([true, false])('makes every byte of two runs the same, with a socket: %s', async (socket) => {
    const first = await traffic({ seed: 'tuesday', socket });
    expect(await traffic({ seed: 'tuesday', socket })).toBe(first);
    expect(await traffic({ seed: 'wednesday', socket })).not.toBe(first);
  });

  test('makes a reset start exactly as the first start did', async () => {
    const huizhi = await startOne({ seed: 7, socket: false });
    const keyNow = async () => (await robotOf(huizhi)).send('hello', 'user001');
    const first = [await keyNow(), await huizhi.requests()];
    await huizhi.clock.advance('1h');
    await huizhi.reset();
    expect([await keyNow(), await huizhi.requests()]).toEqual(first);
  });

  test('is not set by default, and then every run differs', async () => {
    const [one, two] = [await startOne({ socket: false }), await startOne({ socket: false })];
    const keys = [await (await robotOf(one)).send('x', 'user001'), await (await robotOf(two)).send('x', 'user001')];
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe('groups', () => {
  /** Sends to a conversation of the emulator, and returns the processQueryKey. */
  async function sendTo(huizhi: Emulator, openConversationId: string, family = 'groupMessages'): Promise<string> {
    const { credentials, robotCode } = huizhi;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    const post = async (path: string, body: Json): Promise<Json> => {
      const answer = await huizhi.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as Json;
    };
    headers['x-acs-dingtalk-access-token'] = String((await post('/v1.0/oauth2/accessToken', credentials)).accessToken);
    const message = { robotCode, openConversationId, msgKey: 'sampleText', msgParam: '{"content":"to all"}' };
    return String((await post(`/v1.0/robot/${family}/send`, message)).processQueryKey);
  }

  test('are created with members and robots, and their messages are waited for and read', async () => {
    const huizhi = await startOne();
    const members = ['user001', 'user002', 'user003'];
    const { robotCode } = huizhi;
    const group = await huizhi.createGroup({ title: '项目群', members, robots: [robotCode] });
    const key = await sendTo(huizhi, group.openConversationId);
    expect(await huizhi.waitForMessage({ text: 'to all' })).toMatchObject({
      processQueryKey: key,
      openConversationId: group.openConversationId,
      userIds: [],
    });
    await expect(huizhi.waitForRead(key, ['user001'], { timeout: 20 })).rejects.toMatchObject({
      code: 'huizhi.timeout',
    });
    expect(await huizhi.read(key, ['user002', 'user001'])).toBe(2);
    expect((await huizhi.waitForRead(key, ['user001'])).map(({ userId, readAt }) => [userId, readAt !== null])).toEqual(
      [
        ['user001', true],
        ['user002', true],
        ['user003', false],
      ],
    );
    await huizhi.readers([{ userId: '*' }]);
    const all = await huizhi.waitForRead(await sendTo(huizhi, group.openConversationId));
    expect(all.map(({ userId }) => userId)).toEqual(members);
    await expect(huizhi.read(key, ['user004'])).rejects.toMatchObject({ code: 'huizhi.notFound' });
  });

  test('can be conversations of two, and have the same ids in every run with a seed', async () => {
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const huizhi = await startOne({ seed: 'x', socket: false });
        const { robotCode } = huizhi;
        const pair = await huizhi.createGroup({
          kind: 'private',
          members: ['user001', 'user002'],
          robots: [robotCode],
        });
        const group = await huizhi.createGroup({ members: ['user001'] });
        const key = await sendTo(huizhi, pair.openConversationId, 'privateChatMessages');
        await huizhi.reset();
        expect(await huizhi.createGroup({ members: ['user001'] })).not.toEqual(group);
        return [pair, group, key];
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]?.[0]).toMatchObject({ chatId: null });
  });

  test.each([
    [{ members: ['nobody'] }, 'huizhi.notFound'],
    [{ members: ['user001'], robots: ['nobody'] }, 'huizhi.notFound'],
    [{ members: ['user001'], robots: ['dingrobotother'] }, 'huizhi.conflict'],
    [{ members: ['user001'], corpId: 'nowhere' }, 'huizhi.notFound'],
    [{ members: ['user001'], kind: 'private' as const }, 'huizhi.badRequest'],
  ])('are refused if a part of them does not exist: %j', async (group, code) => {
    const huizhi = await startOne({ socket: false });
    await expect(huizhi.createGroup(group)).rejects.toMatchObject({ code });
  });
});

test('two hundred emulators in one process are independent', { timeout: 60_000 }, async () => {
  const { emitWarning } = process;
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => startOne({ socket: i % 2 === 0 })));
  const answers = await Promise.all(
    all.map(async (huizhi, i) => {
      await huizhi.clock.advance(i * 3_600_000);
      const robot = await robotOf(huizhi, i % 2 === 0 ? fetch : huizhi.fetch);
      const key = await robot.send(`to ${i}`, 'user001', 'user002');
      if (i % 3 === 0) await huizhi.read(key);
      const { processQueryKey, msgParam } = await huizhi.waitForMessage();
      return [
        processQueryKey === key,
        msgParam.content,
        huizhi.messages().length,
        statusesOf(await robot.readStatus(key)),
      ];
    }),
  );
  const status = (i: number) => (i % 3 === 0 ? 'READ' : 'UNREAD');
  expect(answers).toEqual(all.map((_, i) => [true, `to ${i}`, 1, [status(i), status(i)]]));
  // While it loads, the first start suppresses a warning of Node, and no other.
  expect(process.emitWarning).toBe(emitWarning);
});

describe('createGroup', () => {
  const post = async (huizhi: Emulator, path: string, body: Json, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { 'x-acs-dingtalk-access-token': token }) };
    const answer = await huizhi.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Json;
  };
  const tokenOf = async (huizhi: Emulator) =>
    String((await post(huizhi, '/v1.0/oauth2/accessToken', huizhi.credentials)).accessToken);

  test('makes a group that the app of the emulator sees, with its robot', async () => {
    const huizhi = await startOne({ socket: false });
    const token = await tokenOf(huizhi);
    const { openConversationId, chatId } = await huizhi.createGroup({ title: '群', members: ['user002', 'user001'] });
    const path = `/v1.0/im/chat/${chatId}/convertToOpenConversationId`;
    expect(await post(huizhi, path, {}, token)).toEqual({ openConversationId });
    expect(await post(huizhi, '/v1.0/im/sceneGroups/query', { openConversationId }, token)).toMatchObject({
      title: '群',
      ownerUserId: 'user002',
    });
    expect(await post(huizhi, '/v1.0/im/sceneGroups/members/query', { openConversationId }, token)).toMatchObject({
      memberUserIds: ['user001', 'user002'],
    });
    expect(await post(huizhi, '/v1.0/robot/groups/robots/query', { openConversationId }, token)).toMatchObject({
      chatbotInstanceVOList: [{ robotCode: huizhi.robotCode }],
    });
  });

  test('has everybody of an organization as members, or the owner alone', async () => {
    const huizhi = await startOne({ socket: false });
    const token = await tokenOf(huizhi);
    const membersOf = async (openConversationId: string) =>
      (await post(huizhi, '/v1.0/im/sceneGroups/members/query', { openConversationId }, token)).memberUserIds;
    const all = await huizhi.createGroup({ members: 'all', robots: [] });
    expect(await membersOf(all.openConversationId)).toHaveLength(30);
    const alone = await huizhi.createGroup({ owner: 'user009' });
    expect(await membersOf(alone.openConversationId)).toEqual(['user009']);
    expect(await membersOf((await huizhi.createGroup()).openConversationId)).toHaveLength(1);
    expect(await huizhi.createGroup({ corpId: 'dingcorp0002', members: ['other001'] })).toHaveProperty('chatId');
  });

  test('rejects what the organization does not have', async () => {
    const huizhi = await startOne({ socket: false });
    await expect(huizhi.createGroup({ members: ['nobody'] })).rejects.toMatchObject({ code: 'huizhi.notFound' });
    await expect(huizhi.createGroup({ robots: ['dingrobotother'] })).rejects.toMatchObject({ code: 'huizhi.conflict' });
    await expect(huizhi.createGroup({ title: '' })).rejects.toMatchObject({ code: 'huizhi.badRequest' });
  });

  test('gives the same ids for the same seed, also after a reset', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const first = await huizhi.createGroup();
    expect(await huizhi.createGroup()).not.toEqual(first);
    await huizhi.reset();
    expect(await huizhi.createGroup()).toEqual(first);
    expect(await (await startOne({ socket: false, seed: 1 })).createGroup()).toEqual(first);
    expect(await (await startOne({ socket: false, seed: 2 })).createGroup()).not.toEqual(first);
  });
});
