import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { type Json, startOne } from './support.ts';

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

  test('get messages of an app with /chat/send, which are waited for and read by their messageId', async () => {
    const huizhi = await startOne({ socket: false });
    const { chatId } = await huizhi.createGroup({ members: ['user001', 'user002'] });
    const { appKey, appSecret } = huizhi.credentials;
    const ask = async (path: string, init?: RequestInit) => (await (await huizhi.fetch(path, init)).json()) as Json;
    const { access_token: token } = await ask(`/gettoken?appkey=${appKey}&appsecret=${appSecret}`);
    const send = (body: string, type: string) =>
      ask(`/chat/send?access_token=${token}`, { method: 'POST', body, headers: { 'content-type': type } });
    const msg = { msgtype: 'text', text: { content: 'by JSON' } };
    const { messageId } = await send(JSON.stringify({ chatid: chatId, msg }), 'application/json');
    const form = { chatid: String(chatId), msgtype: 'text', text: '{"content":"by form"}' };
    expect(await send(String(new URLSearchParams(form)), 'application/x-www-form-urlencoded')).toMatchObject({
      errcode: 0,
    });
    expect(await send('{"chatid":"nothing"}', 'application/json')).toMatchObject({ errcode: 34001 });
    const sent = { robotCode: '', msgKey: 'noticeText', userIds: [], chatId };
    expect(await huizhi.waitForMessage({ text: 'by form' })).toMatchObject(sent);
    expect(await huizhi.waitForMessage()).toMatchObject({
      ...sent,
      processQueryKey: messageId,
      msgParam: { content: 'by JSON' },
    });
    expect(huizhi.messages()).toHaveLength(2);
    await huizhi.read(String(messageId), ['user001']);
    expect(await huizhi.waitForRead(String(messageId), ['user001'])).toHaveLength(2);
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
