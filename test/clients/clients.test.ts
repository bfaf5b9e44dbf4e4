/** Public packages that speak the vendor's API, each as a program of its own, against the built huizhi. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../sdk/command.ts';
import { type Huizhi, startHuizhi } from '../sdk/huizhi.ts';
import { findMissingPython } from '../sdk/python-environment.ts';
import { type Inbox, openInbox, type Seen } from './inbox.ts';
import { installNodePackages, installPythonPackages, nodeFolder, pythonFolder } from './install.ts';

const setup = fileURLToPath(new URL('huizhi.yaml', import.meta.url));
const installing = 600_000;
const app = { corpId: 'dingcorp0001', appKey: 'dingclient', appSecret: 's3cret-client', agentId: 3_000_000_001 };
const signed = {
  token: '2f0a7d5c9b3e4816a1c8f7720d94be53e6b1c05a8f3d27946c0be9a1745d83f2',
  secret: 'SEC7b1e90d4c2a85f36e0d7914ab8c3f52690e1d7ab43c8f5260b9e7d1a4c3f8e25',
};
const database = '4c8e2b17f09d63a5b1e7c4f2089a6d3e5f71b0c9a84d2e637f15c0b98e6a4d21';
const network = '7a1f0c93d5be48266e1b9c07f4a2d85830c6e91b7d4f5a2280e3b6c9d1f74a56';
const openConversationId = 'cidV7mQ2xK9sT4bLw8ZpRcNfA==';
/** A picture of one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const picture = join(tmpdir(), `huizhi-clients-${process.pid}.png`);

let huizhi: Huizhi;
let url = '';
let people: Readonly<Record<'first' | 'second' | 'third', Inbox>>;

beforeAll(async () => {
  huizhi = await startHuizhi(setup);
  url = `http://${huizhi.endpoint}`;
  people = {
    first: await openInbox(url, 'user001'),
    second: await openInbox(url, 'user002'),
    third: await openInbox(url, 'user003'),
  };
  await writeFile(picture, pixel);
}, installing);

afterAll(() => huizhi.stop());

/** Runs a program with the job as its argument; resolves with the JSON in the last line that it prints. */
async function play<T>(file: string, program: string, cwd: string, job: object): Promise<T> {
  const { code, stdout, stderr } = await run({ file, args: [program, JSON.stringify({ url, ...job })], cwd });
  if (code !== 0) throw new Error(`${program} ended with ${code}\n${stdout}${stderr}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

/** Returns a port that no program uses. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What is new in an inbox since a list of it. */
const since = (before: readonly Seen[], after: readonly Seen[]) =>
  after.slice(before.length).map(({ msgKey, param, sender, group }) => ({ msgKey, param, sender, group }));

/** A message to a robot, as the vendor delivers it. */
const incoming = (more: object) => ({
  msgId: 'msg1',
  createAt: String(Date.now()),
  senderId: '$:LWCP_v1:$second',
  senderNick: '李伟',
  senderStaffId: 'user002',
  chatbotUserId: '$:LWCP_v1:$robot',
  chatbotCorpId: app.corpId,
  robotCode: app.appKey,
  msgtype: 'text',
  text: { content: 'ping' },
  atUsers: [],
  isAdmin: false,
  sessionWebhookExpiredTime: Date.now() + 3_600_000,
  ...more,
});

describe('packages from npm', { timeout: 60_000 }, () => {
  beforeAll(installNodePackages, installing);
  const playNode = <T>(program: string, job: object) => play<T>(process.execPath, program, nodeFolder, job);

  test('@satorijs/adapter-dingtalk, the adapter of Koishi, sends, queries, recalls and replies', async () => {
    const before = await people.second.list();
    const job = { ...app, openConversationId, incoming: incoming({ conversationType: '1', conversationId: 'cid1' }) };
    const played = await playNode<Readonly<Record<string, string>>>('koishi.cjs', job);
    expect(played.sendStatus).toMatch(/^(PROCESSING|SUCCESS)$/);
    expect(played.refusal).toContain('miss.param.markdownTotitle');
    const text = { msgKey: 'sampleText', sender: '通知助手', group: null };
    const param = { title: '告警', text: '**磁盘**已满' };
    // The recalled message has left the inbox.
    await expect
      .poll(async () => since(before, await people.second.list()))
      .toEqual([
        { msgKey: 'sampleMarkdown', sender: '通知助手', group: '项目群', param },
        { ...text, param: { content: '你好' } },
        { ...text, param: { content: '收到：ping' } },
      ]);
  });

  test('dingtalk-encrypt decrypts pushes, and its answers are accepted', async () => {
    const { registered, processQueryKey, events } = await playNode<Readonly<Record<string, unknown>>>('push.mjs', app);
    expect(registered).toMatchObject({ errcode: 0, errmsg: 'ok' });
    const read = { EventType: 'robot_msg_read', UserId: 'user001', ProcessQueryKey: processQueryKey };
    expect(events).toEqual([{ EventType: 'check_url' }, expect.objectContaining({ ...read, CorpId: app.corpId })]);
  });

  test('dingtalk-robot-sender posts every kind of message to a signed webhook', async () => {
    const before = await people.second.list();
    const ok = { errcode: 0, errmsg: 'ok' };
    const { answers, unsigned } = await playNode<{ answers: object[]; unsigned: object }>('webhook.mjs', signed);
    expect(answers).toEqual([ok, ok, ok, ok, ok]);
    expect(unsigned).toMatchObject({ errcode: 310000 });
    const at = { isAtAll: false, users: [{ userId: 'user002', name: '李伟' }] };
    const btns = [
      { title: '同意', actionURL: 'https://example.com/yes' },
      { title: '拒绝', actionURL: 'https://example.com/no' },
    ];
    const links = [{ title: '新闻', messageURL: 'https://example.com/news', picURL: 'https://example.com/a.png' }];
    const link = { title: '报告', text: '今天的报告', messageUrl: 'https://example.com/report', picUrl: '' };
    const from = { sender: '报警机器人', group: '项目群' };
    await expect
      .poll(async () => since(before, await people.second.list()))
      .toEqual([
        { ...from, msgKey: 'webhookText', param: { content: '磁盘空间不足 @李伟', at } },
        { ...from, msgKey: 'webhookMarkdown', param: { title: '发布', text: '### 已发布\n版本 1.2.3' } },
        { ...from, msgKey: 'webhookLink', param: link },
        { ...from, msgKey: 'webhookActionCard', param: { title: '审批', text: '新的申请', btns, btnOrientation: '0' } },
        { ...from, msgKey: 'webhookFeedCard', param: { links } },
      ]);
  });

  test('node-dingtalk looks up people and departments, uploads a picture and sends it as a work notice', async () => {
    const before = await people.second.list();
    const { mediaId, taskId, ...played } = await playNode<Readonly<Record<string, unknown>>>('generic.mjs', {
      ...app,
      picture,
    });
    const departments = [100, 101];
    expect(played).toEqual({
      userid: 'user002',
      name: '李伟',
      department: [101],
      departments,
      members: ['user001'],
      unknown: 60121,
    });
    await expect
      .poll(async () => since(before, await people.second.list()))
      .toEqual([{ msgKey: 'noticeImage', sender: '工作通知：通知助手', group: null, param: { media_id: mediaId } }]);
    const shown = (await people.second.list()).at(-1);
    const opened = await people.second.open(String(shown?.messageId), String(mediaId));
    expect(Buffer.from(await opened.arrayBuffer())).toEqual(pixel);
    expect((await findNotice(Number(taskId))).receivers).toMatchObject([{ userId: 'user002', readAt: null }]);
  });
});

describe('packages from PyPI', { timeout: 60_000 }, () => {
  let python = '';
  let missing: string | undefined;
  beforeAll(async () => {
    missing = await findMissingPython();
    if (missing === undefined) python = await installPythonPackages();
    else if (process.env.CI === 'true') throw new Error(missing);
  }, installing);
  const playPython = <T>(program: string, job: object) => play<T>(python, program, pythonFolder, job);
  const check = (skip: (condition: boolean, why?: string) => void) => skip(missing !== undefined, missing);

  test('DingtalkChatbot posts messages to a signed webhook', async ({ skip }) => {
    check(skip);
    const before = await people.second.list();
    const ok = { errcode: 0, errmsg: 'ok' };
    expect(await playPython<object[]>('webhook.py', signed)).toEqual([ok, ok, ok, ok]);
    const at = { isAtAll: false, users: [{ userId: 'user001', name: '王秀英' }] };
    const toAll = { isAtAll: true, users: [] };
    const open = (page: string) =>
      `dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fexample.com%2F${page}&pc_slide=false`;
    const links = [{ title: '新闻', messageURL: open('news'), picURL: 'https://example.com/a.png' }];
    const link = { title: '文档', text: '新的文档', messageUrl: open('doc'), picUrl: '' };
    const from = { sender: '报警机器人', group: '项目群' };
    await expect
      .poll(async () => since(before, await people.second.list()))
      .toEqual([
        { ...from, msgKey: 'webhookText', param: { content: '服务恢复\n@王秀英', at } },
        { ...from, msgKey: 'webhookMarkdown', param: { title: '周报', text: '#### 周报\n> 一切正常', at: toAll } },
        { ...from, msgKey: 'webhookLink', param: link },
        { ...from, msgKey: 'webhookFeedCard', param: { links } },
      ]);
  });

  test('Apprise routes alerts to the webhooks of two groups by tag', async ({ skip }) => {
    check(skip);
    const [second, third] = [await people.second.list(), await people.third.list()];
    const job = { database, network, signed: signed.token, secret: signed.secret };
    // It encodes the signature twice, and takes the refusal for a success.
    expect(await playPython<object>('alerts.py', job)).toEqual([true, true, true, false]);
    expect(await lastRequest()).toMatchObject({ path: '/robot/send', error: { code: '310000' } });
    const at = { isAtAll: false, users: [{ userId: 'user002', name: '李伟' }] };
    await expect
      .poll(async () => since(second, await people.second.list()))
      .toEqual([
        {
          sender: '数据库机器人',
          group: '项目群',
          msgKey: 'webhookMarkdown',
          param: { title: '报警', text: '# 报警\n**主库**不可用', at },
        },
      ]);
    await expect
      .poll(async () => since(third, await people.third.list()))
      .toEqual([
        { sender: '值班机器人', group: '报警群', msgKey: 'webhookText', param: { content: '报警解除\r\n恢复正常' } },
      ]);
  });

  test('AliceBot, a bot framework, receives a message and replies to its address', async ({ skip }) => {
    check(skip);
    const before = await people.third.list();
    const sessionWebhook = `${url}/robot/send?access_token=${network}`;
    const message = incoming({
      conversationType: '2',
      conversationId: 'cid2',
      sessionWebhook,
      text: { content: '报警' },
    });
    const answers = await playPython<object[]>('bot.py', { ...app, port: await findFreePort(), incoming: message });
    expect(answers).toEqual([{ errcode: 0, errmsg: 'ok' }]);
    await expect
      .poll(async () => since(before, await people.third.list()))
      .toEqual([{ sender: '值班机器人', group: '报警群', msgKey: 'webhookText', param: { content: '收到：报警' } }]);
  });

  test('dingapi, a program for work notices, sends them and queries who got them', async ({ skip }) => {
    check(skip);
    const before = await people.second.list();
    const { ids, results, ...played } = await playPython<Notices>('notices.py', { ...app, picture });
    expect(played).toEqual({ userId: 'user002', mediaId: expect.stringMatching(/^@/), refused: 40008 });
    const empty = { failed_user_id_list: [], forbidden_list: [], invalid_dept_id_list: [], read_user_id_list: [] };
    expect(results).toEqual([
      { ...empty, invalid_user_id_list: ['nobody'], unread_user_id_list: ['user002'] },
      { ...empty, invalid_user_id_list: [], unread_user_id_list: ['user001', 'user002'] },
    ]);
    await expect
      .poll(async () => since(before, await people.second.list()))
      .toEqual([
        { msgKey: 'noticeText', sender: '工作通知：通知助手', group: null, param: { content: '请提交周报' } },
        { msgKey: 'noticeImage', sender: '工作通知：通知助手', group: null, param: { media_id: played.mediaId } },
      ]);
    await people.second.readAll();
    expect((await findNotice(ids[0] ?? 0)).receivers).toMatchObject([
      { userId: 'user002', readAt: expect.any(Number) },
    ]);
  });

  test('dingtalk-sdk creates a group of the members of a department, changes it, and sends to it', async ({ skip }) => {
    check(skip);
    const before = await people.second.list();
    const { chatId, members, chat, refused, read } = await playPython<Groups>('groups.py', app);
    expect([members, refused, read]).toEqual([['user001'], 40016, []]);
    expect(chat).toMatchObject({
      chatid: chatId,
      name: '值班二群',
      owner: 'user001',
      useridlist: ['user001', 'user002'],
    });
    await expect
      .poll(async () => since(before, await people.second.list()))
      .toMatchObject([{ msgKey: 'noticeText', group: '值班二群', param: { content: '今晚值班' } }]);
  });
});

type Notices = {
  readonly ids: readonly number[];
  readonly results: readonly object[];
  readonly mediaId: string;
};

type Groups = {
  readonly chatId: string;
  readonly members: readonly string[];
  readonly chat: object;
  readonly refused: number;
  readonly read: readonly string[];
};

/** The work notice of a task, as the emulator shows it. */
async function findNotice(taskId: number): Promise<{ readonly receivers: readonly object[] }> {
  const answer = await fetch(`${url}/emulator/v1/workNotices/${taskId}?corpId=${app.corpId}`);
  return (await answer.json()) as { receivers: object[] };
}

/** The last request of a program, as the emulator records it. */
async function lastRequest(): Promise<unknown> {
  const answer = await fetch(`${url}/emulator/v1/requests?limit=1000`);
  return ((await answer.json()) as { requests: unknown[] }).requests.at(-1);
}
