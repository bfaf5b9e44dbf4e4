/** `huizhi mcp`: the built program as a server of the official client, against a huizhi on a socket. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { groupWorld } from '../conformance/support/groups.ts';
import { type Fields, fileServer } from '../conformance/support/harness.ts';
import { permissions, setup } from '../conformance/support/setup.ts';
import { bearer, ok } from '../conformance/support/world.ts';
import { command, credentialsFor, folder, main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

// Each test starts a process.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({
  mayFail: true,
  setup: {
    ...setup,
    organizations: setup.organizations.map((one) => ({
      ...one,
      users: one.users.map((user) =>
        one.corpId === 'corp-one' && user.userId === 'alice' ? { ...user, mobile: '13800000001' } : user,
      ),
    })),
    apps: setup.apps.map((app) => ({ ...app, permissions: [...permissions, 'qyapi_get_member_by_mobile'] })),
  },
});
const w = groupWorld(server);
const env = credentialsFor(server.url);

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

/** The newest protocol, and that of clients of 2025. */
const modern = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
const legacy = { versionNegotiation: { mode: 'legacy' } } as const;

type Around = { readonly confirm?: 'accept' | 'decline'; readonly env?: Record<string, string> };

/** Starts `huizhi mcp` for one test. */
async function connect(args: readonly string[], options: ClientOptions = modern, around: Around = {}) {
  const connected = await startAgent(args, options, around);
  onTestFinished(() => connected.client.close());
  return connected;
}

/** Starts `huizhi mcp` with a client; `confirm` is what its user replies to each question. */
async function startAgent(args: readonly string[], options: ClientOptions, { confirm, ...more }: Around = {}) {
  const questions: string[] = [];
  const client = new Client(
    { name: 'suite', version: '1.0.0' },
    { ...options, capabilities: confirm ? { elicitation: { form: {} } } : {} },
  );
  if (confirm)
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message);
      return { action: confirm, ...(confirm === 'accept' && { content: { confirm: true } }) };
    });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [main, 'mcp', ...args],
      env: { ...bareEnvironment, ...env, ...more.env },
      cwd: tmpdir(),
    }),
  );
  const call = async (name: string, input: Fields) => {
    const { structuredContent = {}, isError = false, content } = await client.callTool({ name, arguments: input });
    return { fields: structuredContent as Fields, isError, text: JSON.stringify(content) };
  };
  return { client, call, questions };
}

/** The messages that the server has accepted, the newest first. */
const sentMessages = async () => {
  const headers = bearer(server.adminToken);
  const listed = ok(await server.call('GET', '/console/v1/messages', { headers, query: { corpId: 'corp-one' } }));
  return listed.messages as readonly Fields[];
};

/** An agent that may send to everybody, and to three users in one call. */
let everybody: Awaited<ReturnType<typeof startAgent>>;
beforeAll(async () => {
  everybody = await startAgent(['--allow-everybody', '--max-recipients', '3'], modern);
});
afterAll(() => everybody.client.close());

const hello = { to: ['alice', 'bob'], sendId: 'hello-1', text: 'hello' };

describe.each([
  ['the protocol of 2026', modern],
  ['the protocol of 2025', legacy],
])('in %s', (_, options) => {
  test('a message is sent, who has not read it is queried, and it is recalled', async () => {
    const { call } = await connect(['--allow-to', 'alice,bob'], options);
    const sent = await call('send_message', hello);
    expect(sent).toMatchObject({ isError: false, fields: { messages: [{ userIds: ['alice', 'bob'] }], invalid: [] } });
    const [{ processQueryKey }] = sent.fields.messages as [{ processQueryKey: string }];
    await w.readBy(processQueryKey, 'bob');
    expect((await call('who_has_not_read', { keys: [processQueryKey] })).fields).toEqual({
      messages: [
        {
          processQueryKey,
          status: 'SUCCESS',
          unread: [{ userId: 'alice', name: 'Name of alice' }],
          read: [{ userId: 'bob', name: 'Name of bob', readAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
          left: 0,
        },
      ],
      failed: [],
    });
    expect((await call('recall_message', { keys: [processQueryKey] })).fields).toEqual({
      recalled: [processQueryKey],
      failed: [],
    });
  });

  test('with --confirm nothing is sent before the user agrees', async () => {
    const declining = await connect(['--allow-everybody', '--confirm'], options, { confirm: 'decline' });
    const refused = await declining.call('send_message', hello);
    expect(refused).toMatchObject({ isError: true, fields: { error: { code: 'notConfirmed' } } });
    expect(declining.questions).toEqual(['Send to alice, bob:\n\nhello']);
    expect(await sentMessages()).toEqual([]);
    const agreeing = await connect(['--allow-everybody', '--confirm'], options, { confirm: 'accept' });
    expect(await agreeing.call('send_message', hello)).toMatchObject({ isError: false });
    expect(await sentMessages()).toHaveLength(1);
  });
});

test('with --confirm a client that cannot ask its user sends nothing', async () => {
  const { call } = await connect(['--allow-everybody', '--confirm']);
  await expect(call('send_message', hello)).rejects.toThrow(/elicitation/i);
  expect(await sentMessages()).toEqual([]);
});

test('the tools have schemas, annotations and the list of recipients', async () => {
  const { client } = await connect(['--allow-to', 'alice', '--max-recipients', '3']);
  const { tools } = await client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.destructiveHint])).toEqual(
    [
      ['who_has_not_read', true, undefined],
      ['group_readers', true, undefined],
      ['find_users', true, undefined],
      ['send_message', false, false],
      ['recall_message', false, true],
    ],
  );
  const send = tools.find(({ name }) => name === 'send_message');
  expect(send).toMatchObject({
    description: expect.stringContaining('Messages may go only to the users alice, at most 3 users in one call.'),
    annotations: { idempotentHint: true },
    inputSchema: { additionalProperties: false, properties: { to: { maxItems: 3 } }, required: ['sendId'] },
  });
  expect(tools.every(({ outputSchema }) => outputSchema?.type === 'object')).toBe(true);
  expect(client.getInstructions()).toContain('Messages may go only to the users alice');
});

test('a send to the vendor is not called idempotent', async () => {
  const { client } = await connect(['--allow-everybody', '--endpoint', 'https://api.dingtalk.com']);
  const { tools } = await client.listTools();
  expect(tools.find(({ name }) => name === 'send_message')?.annotations?.idempotentHint).toBe(false);
});

test('without recipients the agent can only query', async () => {
  const { client, call } = await connect([]);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual([
    'who_has_not_read',
    'group_readers',
    'find_users',
  ]);
  expect(client.getInstructions()).toContain('This server can only query');
  await expect(call('send_message', hello)).rejects.toThrow(/send_message/);
});

describe('send_message', () => {
  test('sends once for each sendId', async () => {
    const { call } = everybody;
    const [first, second] = [await call('send_message', hello), await call('send_message', hello)];
    expect(second).toEqual(first);
    expect(await sentMessages()).toHaveLength(1);
    const other = await call('send_message', { ...hello, text: 'something else' });
    expect(other).toMatchObject({
      isError: true,
      fields: { error: { code: 'huizhi.idempotencyMismatch', advice: expect.stringContaining('use a new one') } },
    });
  });

  test('sends to nobody if one of the recipients is not allowed', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'users.csv'), 'userId,name\nbob,Bob\n');
    const { call } = await connect(['--allow-to', 'alice', '--allow-file', join(cwd, 'users.csv')]);
    const refused = await call('send_message', { ...hello, to: ['alice', 'bob', 'carol'] });
    expect(refused).toMatchObject({ isError: true, fields: { error: { code: 'recipientNotAllowed' } } });
    expect(refused.text).toContain('messages to carol are not allowed');
    const group = await call('send_message', { group: 'cidAAAA', sendId: 'x', text: 'x' });
    expect(group).toMatchObject({ isError: true, fields: { error: { code: 'recipientNotAllowed' } } });
    const recall = await call('recall_message', { group: 'cidAAAA', keys: ['key'] });
    expect(recall).toMatchObject({ isError: true, fields: { error: { code: 'recipientNotAllowed' } } });
    expect(await sentMessages()).toEqual([]);
    expect(await call('send_message', hello)).toMatchObject({ isError: false });
  });

  test.each([
    ['more users than one call may have', { ...hello, to: ['a', 'b', 'c', 'd'] }, /to/],
    ['neither users nor a group', { sendId: 'x', text: 'x' }, /give either to or group/],
    ['users and a group', { ...hello, group: 'g' }, /give either to or group/],
    ['no content', { to: ['alice'], sendId: 'x' }, /give exactly one of text, markdown and msgKey/],
    ['two contents', { ...hello, markdown: 'x' }, /give exactly one of text, markdown and msgKey/],
    ['a title without Markdown', { ...hello, title: 'x' }, /title belongs to markdown/],
    ['a kind without fields', { to: ['alice'], sendId: 'x', msgKey: 'sampleLink' }, /msgKey and msgParam go together/],
    ['an unknown argument', { ...hello, sendid: 'x' }, /sendid/],
    ['no sendId', { to: ['alice'], text: 'x' }, /sendId/],
  ])('is refused with %s', async (_, input, message) => {
    const { isError, text } = await everybody.call('send_message', input);
    expect([isError, text]).toEqual([true, expect.stringMatching(message)]);
    expect(await sentMessages()).toEqual([]);
  });

  test('sends Markdown with its first line as title, and other kinds of messages', async () => {
    const { call } = everybody;
    await call('send_message', { to: ['alice'], sendId: 'a', markdown: '## Title\n\ntext' });
    const msgParam = { title: 't', text: 'x', messageUrl: 'https://example.com' };
    await call('send_message', { to: ['alice'], sendId: 'b', msgKey: 'sampleLink', msgParam });
    expect(await sentMessages()).toMatchObject([
      { msgKey: 'sampleLink', msgParam: JSON.stringify(msgParam) },
      { msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: 'Title', text: '## Title\n\ntext' }) },
    ]);
  });

  test('reports users who do not exist, and what to do', async () => {
    const { call } = everybody;
    expect((await call('send_message', { ...hello, to: ['alice', 'nobody'] })).fields).toMatchObject({
      messages: [{ userIds: ['alice'] }],
      invalid: ['nobody'],
    });
    expect(await call('send_message', { ...hello, sendId: 'b', to: ['nobody'] })).toMatchObject({
      isError: true,
      fields: {
        messages: [],
        invalid: ['nobody'],
        error: { code: 'staffId.notExisted', advice: 'Check the userIds in to; find_users finds users by mobile.' },
      },
    });
  });
});

test('a message to a group is sent, its readers are listed, and it is recalled', async () => {
  const { openConversationId: group } = await w.group();
  const { call } = await connect(['--allow-group', group]);
  const sent = await call('send_message', { group, sendId: 'a', text: 'hello' });
  const [{ processQueryKey }] = sent.fields.messages as [{ processQueryKey: string }];
  expect(sent.fields.messages).toEqual([{ processQueryKey, group }]);
  await w.readBy(processQueryKey, 'carol', 'alice');
  expect((await call('group_readers', { group, key: processQueryKey })).fields).toEqual({
    processQueryKey,
    group,
    readers: ['carol', 'alice'],
  });
  const recalled = await call('recall_message', { group, keys: [processQueryKey] });
  expect(recalled.fields).toEqual({ recalled: [processQueryKey], failed: [] });
});

test('users are found by mobile', async () => {
  const { call } = everybody;
  expect((await call('find_users', { mobiles: ['13800000001', '13700000001'] })).fields).toEqual({
    found: [{ mobile: '13800000001', userId: 'alice' }],
    unknown: ['13700000001'],
  });
});

test('an error has the code of the API, the request id and an advice', async () => {
  const { call } = everybody;
  const status = await call('who_has_not_read', { keys: ['bad'] });
  const error = {
    code: 'invalid.processQueryKey',
    requestId: expect.any(String),
    advice: 'Use a whole key as send_message returned it, of a message of this robot.',
  };
  expect(status).toMatchObject({ isError: true, fields: { error, failed: [{ processQueryKey: 'bad', ...error }] } });
  const recall = await call('recall_message', { keys: ['bad'] });
  expect(recall).toMatchObject({ isError: true, fields: { recalled: [], failed: [{ processQueryKey: 'bad' }] } });
});

test('a server that cannot be reached is an error of the tool', async () => {
  const { call } = await connect([], modern, { env: { HUIZHI_ENDPOINT: 'http://127.0.0.1:1' } });
  expect(await call('find_users', { mobiles: ['13800000001'] })).toMatchObject({
    isError: true,
    fields: { error: { code: 'connection', advice: expect.stringContaining('--endpoint') } },
  });
});

test('it ends with its input, and prints nothing of its own', async () => {
  const { code, stdout, stderr } = await command(['mcp'], { env });
  expect([code, stdout, stderr]).toEqual([0, '', '']);
});

test.each([
  [['mcp', '--allow-everybody', '--allow-to', 'alice'], env, '--allow-everybody and lists'],
  [['mcp', '--max-recipients', '0'], env, '--max-recipients "0" must be a whole number from 1 to 1000'],
  [['mcp', '--allow-file', '-'], env, 'standard input carries the protocol'],
  [['mcp', '--allow-file', '/nowhere'], env, '--allow-file /nowhere cannot be read'],
  [['mcp', 'operand'], env, 'operand'],
  [['mcp'], { ...env, HUIZHI_ROBOT: '' }, 'robot'],
  [['mcp'], { HUIZHI_ROBOT: 'robot-one', HUIZHI_APP_KEY: 'app-one' }, 'No credentials: set HUIZHI_APP_SECRET'],
])('huizhi %j is wrong usage', async (args, environment, advice) => {
  const { code, stdout, stderr } = await command(args, { env: environment });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(advice);
});
