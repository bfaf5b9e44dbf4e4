import { expect, test } from 'vitest';
import { type Fields, fileServer } from '../support/harness.ts';
import { bearer, ok, refusal, suiteRobot, tokenHeader, world } from '../support/world.ts';

const server = await fileServer();
const { call, emulate, inboxOf, send, sent, signIn, suiteToken, tokenOf } = world(server);

const ask = async (path: string, body: object, token?: string, method = 'POST') =>
  call(method, `/v1.0/robot/${path}`, { body, headers: { [tokenHeader]: token ?? (await tokenOf()) } });
const robotOf = async (session: string, robotCode = 'robot-one') => {
  const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers: bearer(session) }));
  return (robots as Fields[]).find((robot) => robot.robotCode === robotCode);
};
const inform = (body: object, token?: string) =>
  ask('managements/infos', { robotCode: 'robot-one', updateType: 1, ...body }, token, 'PUT');

const help = { icon: '@lALPDe', name: '{"zh_CN":"帮助","en_US":"Help"}', pcUrl: 'https://example.com/help' };

test('quick entries are set, queried, shown in the inbox, replaced and cleared', async () => {
  const robotCode = 'robot-one';
  const phone = { icon: 'https://example.com/i.png', name: '{"zh_CN":"手机"}', mobileUrl: 'https://example.com/m' };
  expect(ok(await ask('plugins/set', { robotCode, pluginInfoList: [help, phone] }))).toEqual({ result: true });
  expect(ok(await ask('plugins/query', { robotCode }))).toEqual({ pluginInfoList: [help, phone] });
  expect((await robotOf(await signIn('alice')))?.quickEntries).toEqual([
    { names: { zh_CN: '帮助', en_US: 'Help' }, mobileUrl: null, pcUrl: help.pcUrl },
    { names: { zh_CN: '手机' }, mobileUrl: phone.mobileUrl, pcUrl: null },
  ]);
  ok(await ask('plugins/set', { robotCode, pluginInfoList: [phone] }));
  expect(ok(await ask('plugins/query', { robotCode }))).toEqual({ pluginInfoList: [phone] });
  expect(ok(await ask('plugins/clear', { robotCode }))).toEqual({ result: true });
  expect(ok(await ask('plugins/query', { robotCode }))).toEqual({ pluginInfoList: [] });
});

test('an empty address counts as absent, and unknown fields are ignored', async () => {
  const pluginInfoList = [{ ...help, mobileUrl: '', more: 1 }];
  ok(await ask('plugins/set', { robotCode: 'robot-more', pluginInfoList }));
  expect(ok(await ask('plugins/query', { robotCode: 'robot-more' }))).toEqual({ pluginInfoList: [help] });
});

const sets: readonly (readonly [what: string, body: object, code: string])[] = [
  ['no list', {}, 'param.illegal'],
  ['a list as text', { pluginInfoList: '[]' }, 'param.illegal'],
  ['an entry that is no object', { pluginInfoList: ['x'] }, 'param.illegal'],
  ['an entry without an icon', { pluginInfoList: [{ ...help, icon: undefined }] }, 'param.illegal'],
  ['a blank icon', { pluginInfoList: [{ ...help, icon: ' ' }] }, 'param.illegal'],
  ['an entry without a name', { pluginInfoList: [{ ...help, name: undefined }] }, 'param.illegal'],
  ['an entry without an address', { pluginInfoList: [{ ...help, pcUrl: undefined }] }, 'param.illegal'],
  ['an address that is no text', { pluginInfoList: [{ ...help, mobileUrl: 1 }] }, 'param.illegal'],
  ['a name that is no JSON', { pluginInfoList: [{ ...help, name: '帮助' }] }, 'invalidRequest.jsonFormatErroj'],
  ['a name that is a list', { pluginInfoList: [{ ...help, name: '["帮助"]' }] }, 'invalidRequest.jsonFormatErroj'],
  ['a name without a language', { pluginInfoList: [{ ...help, name: '{}' }] }, 'invalidRequest.jsonFormatErroj'],
  ['a blank name', { pluginInfoList: [{ ...help, name: '{"zh_CN":" "}' }] }, 'invalidRequest.jsonFormatErroj'],
  ['11 entries', { pluginInfoList: Array(11).fill(help) }, 'invalidRequest.exceededMaximumLimit'],
];

test.each(sets)('plugins/set refuses %s and keeps the entries', async (_, body, code) => {
  const robotCode = 'robot-one';
  ok(await ask('plugins/set', { robotCode, pluginInfoList: [help] }));
  expect(refusal(await ask('plugins/set', { robotCode, ...body }))).toEqual([400, code]);
  expect(ok(await ask('plugins/query', { robotCode }))).toEqual({ pluginInfoList: [help] });
});

test.each([
  ['robot-none', 'invalidRequest.robotNotExist'],
  ['robot-away', 'invalidRequest.robotNotExist'],
  ['robot-two', 'invalidRequest.robotNotExist'],
  ['robot-next', 'invalidRequest.robotCodeNotMatch'],
  ['robot-off', 'invalidRequest.robotIsStop'],
  [' ', 'param.illegal'],
])('every call about the settings of %s is refused with %s', async (robotCode, code) => {
  const calls = [
    await ask('plugins/set', { robotCode, pluginInfoList: [] }),
    await ask('plugins/query', { robotCode }),
    await ask('plugins/clear', { robotCode }),
    await ask('statuses/manage', { robotCode, status: 'enable' }),
    await inform({ robotCode, name: 'New' }),
  ];
  expect(calls.map(refusal)).toEqual(calls.map(() => [400, code]));
});

test('a call needs the permission Robot.SingleChat.ReadWrite', async () => {
  const reply = await ask('plugins/query', { robotCode: 'robot-bare' }, await tokenOf('app-bare'));
  expect(refusal(reply)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  expect(reply.body.accessdenieddetail).toEqual({ requiredScopes: ['Robot.SingleChat.ReadWrite'] });
});

test('a failed installation of quick entries can be injected as a fault', async () => {
  const rules = [{ path: '/v1.0/robot/plugins/set', error: 'invalidRequest.pluginInstallFail', times: 1 }];
  await emulate('PUT', 'faults', { rules });
  // Without the harness, which knows that the call itself never has this error.
  const reply = await fetch(`${server.url}/v1.0/robot/plugins/set`, { method: 'POST' });
  expect([reply.status, await reply.json()]).toMatchObject([
    500,
    { code: 'invalidRequest.pluginInstallFail', message: '插件安装失败' },
  ]);
  await emulate('PUT', 'faults', { rules: [] });
});

test('a status that stops the one-to-one chat refuses sends, in any case, and every other status lets them pass', async () => {
  const robotCode = 'robot-one';
  for (const status of ['stop', 'DISABLE', 'offline', '0', 0]) {
    expect(ok(await ask('statuses/manage', { robotCode, status }))).toEqual({ result: true });
    expect(refusal(await send())).toEqual([400, 'chatbotId.notAllow.sendOTO']);
  }
  ok(await send({ robotCode: 'robot-more' }));
  for (const status of ['enable', 'online', 'whatever', '1', 1]) {
    ok(await ask('statuses/manage', { robotCode, status }));
    ok(await send());
  }
  expect(refusal(await ask('statuses/manage', { robotCode, status: ' ' }))).toEqual([400, 'param.illegal']);
  expect(refusal(await ask('statuses/manage', { robotCode }))).toEqual([400, 'Missingstatus']);
});

test('PUT managements/infos changes name and descriptions, and absent fields stay unchanged', async () => {
  expect(ok(await inform({ name: '值班助手', brief: 'Brief', description: 'Long' }))).toEqual({ success: true });
  ok(await inform({ brief: 'Shorter' }));
  const session = await signIn('alice');
  expect(await robotOf(session)).toMatchObject({ robotName: '值班助手', brief: 'Shorter', description: 'Long' });
  await sent();
  expect((await inboxOf(session)).messages[0]).toMatchObject({ robotName: '值班助手' });
  expect(refusal(await inform({ updateType: '1' }))).toEqual([400, 'param.illegal']);
  expect(refusal(await inform({ updateType: undefined }))).toEqual([400, 'MissingupdateType']);
  for (const name of ['', ' ', 'x'.repeat(201), 'a\nb', 7]) {
    expect(refusal(await inform({ name }))).toEqual([400, 'param.illegal']);
  }
  expect(await robotOf(session)).toMatchObject({ robotName: '值班助手' });
});

test('managements/infos is no POST, and a preflight of it succeeds', async () => {
  const reply = await ask('managements/infos', { robotCode: 'robot-one', updateType: 1 });
  expect(refusal(reply)).toEqual([404, 'InvalidAction.NotFound']);
  expect((await call('OPTIONS', '/v1.0/robot/managements/infos')).status).toBe(200);
});

test("the settings of a third-party app's robot are those of one organization only", async () => {
  const one = await suiteToken('corp-one');
  const two = await suiteToken('corp-two');
  const robotCode = suiteRobot;
  ok(await ask('plugins/set', { robotCode, pluginInfoList: [help] }, one));
  ok(await inform({ robotCode, name: 'Name of one' }, one));
  ok(await ask('statuses/manage', { robotCode, status: 'stop' }, one));
  expect(ok(await ask('plugins/query', { robotCode }, two))).toEqual({ pluginInfoList: [] });
  expect(await robotOf(await signIn('alice', 'corp-one'), robotCode)).toMatchObject({ robotName: 'Name of one' });
  expect(await robotOf(await signIn('alice', 'corp-two'), robotCode)).toMatchObject({
    robotName: 'Name of robot-suite',
    quickEntries: [],
  });
  expect(refusal(await send({ robotCode }, one))).toEqual([400, 'chatbotId.notAllow.sendOTO']);
  ok(await send({ robotCode }, two));
});

test('settings are part of a snapshot, and a reset removes them', async () => {
  const robotCode = 'robot-one';
  ok(await ask('plugins/set', { robotCode, pluginInfoList: [help] }));
  const snapshot = await emulate('GET', 'snapshot');
  await emulate('POST', 'reset');
  expect(ok(await ask('plugins/query', { robotCode }))).toEqual({ pluginInfoList: [] });
  await emulate('PUT', 'snapshot', snapshot);
  expect(ok(await ask('plugins/query', { robotCode }))).toEqual({ pluginInfoList: [help] });
});
