import { expect, test } from 'vitest';
import { demoSetup } from '../../../src/config/demo.ts';
import { fileServer } from '../support/harness.ts';
import { errorOf, sign, textOf, webhookWorld } from '../support/webhooks.ts';
import { ok, statusPath, tokenHeader, world } from '../support/world.ts';

const server = await fileServer({ setup: demoSetup });
const { call, inboxOf, signIn } = world(server);

const tokenFor = async (corpId: string, client_id: string, client_secret: string) => {
  const body = { client_id, client_secret, grant_type: 'client_credentials' };
  return String(ok(await call('POST', `/v1.0/oauth2/${corpId}/token`, { body })).access_token);
};

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(3, '0')}`);

test('the demo has 30 people in one organization and five in the other, all of whom can sign in', async () => {
  for (const userId of ['201382020', ...numbered('user', 29)]) await signIn(userId, 'dingcorp0001');
  for (const userId of numbered('other', 5)) await signIn(userId, 'dingcorp0002');
  const { user } = ok(
    await call('POST', '/inbox/v1/sessions', { body: { corpId: 'dingcorp0001', userId: '201382020' } }),
  );
  expect(user).toEqual({ corpId: 'dingcorp0001', userId: '201382020', name: '曲大岳' });
  const many = demoSetup.organizations.map(({ users }) => users.length);
  expect(many).toEqual([30, 5]);
});

test.each([
  ['dingcorp0001', 'dingappinternal', 's3cret-internal', 'dingzxcifuvdfbvegdf', 'user001'],
  ['dingcorp0001', 'dingappinternal', 's3cret-internal', 'dingappinternal', 'user003'],
  ['dingcorp0001', 'suitethirdparty', 's3cret-suite', 'dingsuiterobot01', 'user002'],
  ['dingcorp0002', 'dingappother', 's3cret-other', 'dingrobotother', 'other001'],
])(
  'in %s the app %s sends by its robot, and gets the receipt of a read',
  async (corpId, app, secret, robotCode, userId) => {
    const headers = { [tokenHeader]: await tokenFor(corpId, app, secret) };
    const body = { robotCode, userIds: [userId], msgKey: 'sampleText', msgParam: '{"content":"你好"}' };
    const { processQueryKey } = ok(await call('POST', '/v1.0/robot/oToMessages/batchSend', { body, headers }));
    expect((await inboxOf(await signIn(userId, corpId))).messages).toHaveLength(1);
    ok(await call('POST', '/emulator/v1/reads', { body: { processQueryKey } }));
    const receipt = ok(
      await call('GET', statusPath, { query: { robotCode, processQueryKey: String(processQueryKey) }, headers }),
    );
    expect(receipt).toMatchObject({ sendStatus: 'SUCCESS', messageReadInfoList: [{ userId, readStatus: 'READ' }] });
  },
);

test('the custom robot of the demo sends to its group, with a signature', async () => {
  const [group] = demoSetup.organizations.flatMap(({ groups = [] }) => groups);
  const [robot] = group?.customRobots ?? [];
  const { token = '', secret = '' } = robot ?? {};
  const there = webhookWorld(world(server));
  expect(errorOf(await there.post({ token }))[0]).toBe(310000);
  expect(errorOf(await there.post({ token }, textOf('你好'), { query: sign(secret, Date.now()) }))[0]).toBe(0);
  const { messages } = await inboxOf(await signIn('user007', 'dingcorp0001'), { robotCode: 'customdemorobot' });
  expect(messages).toMatchObject([{ robotName: '报警机器人', conversation: { title: '项目群' } }]);
});
