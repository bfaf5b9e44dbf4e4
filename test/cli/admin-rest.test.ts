/** `huizhi admin apps|robots|groups|unread|audit`: the built program against the built server. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { setup } from '../conformance/support/setup.ts';
import { bearer } from '../conformance/support/world.ts';
import { type Ended, jsonLines } from '../support/command.ts';
import { createOperator, fileAdministered, startAdministered } from './admin.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 120_000 });

const { admin, read, child } = await fileAdministered();

const secretIn = ({ stdout }: Ended) => String(jsonLines(stdout)[0]?.appSecret);

test('an app gets permissions, and a new secret that is shown once and replaces the old one', async () => {
  const made = await admin('apps add app-new --permission qyapi_robot_sendmsg --json');
  expect([made.code, made.stderr]).toEqual([
    0,
    'Added app app-new.\nThe appSecret is shown only once; store it safely.\n',
  ]);
  const first = secretIn(made);
  const tokenStatus = async (appSecret: string) =>
    (await child.call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'app-new', appSecret } })).status;
  expect(await tokenStatus(first)).toBe(200);
  expect((await admin('apps rotate app-new --dry-run')).stdout).toBe('');
  expect(await tokenStatus(first)).toBe(200);
  const rotated = secretIn(await admin('apps rotate app-new --json'));
  expect([await tokenStatus(first), await tokenStatus(rotated)]).toEqual([400, 200]);
  await read('apps update app-new --permission qyapi_robot_sendmsg,Premium.Ding.Write');
  const [app] = await read('apps show app-new');
  expect(app).toMatchObject({ corpId: 'corp-one', permissions: ['qyapi_robot_sendmsg', 'Premium.Ding.Write'] });
  expect(JSON.stringify([app, await read('apps list'), await read('audit list')])).not.toContain(rotated);
  await read('apps add app-suite --kind thirdParty');
  expect(await read('apps authorize app-suite')).toMatchObject([{ authorizedBy: ['corp-one'] }]);
  expect(await read('apps revoke app-suite')).toMatchObject([{ authorizedBy: [] }]);
  expect(await admin('apps authorize app-new')).toMatchObject({ code: 1, stdout: '' });
});

test('a robot is added, limited, installed and uninstalled, and a template is stopped', async () => {
  await read('robots add robot-new --name 助手 --app app-one');
  await read('robots update robot-new --per-minute 5 --per-day 0 --disabled true --unblockable true');
  await read('robots install robot-new');
  await read('robots template robot-new sampleVideo --state stopped');
  const expected = {
    ...{ name: '助手', disabled: true, unblockable: true, perUserPerMinute: 5, perUserPerDay: 0 },
    ...{ installedIn: ['corp-one'] },
    templates: expect.arrayContaining([{ msgKey: 'sampleVideo', state: 'stopped' }]),
  };
  expect(await read('robots show robot-new')).toMatchObject([expected]);
  expect(await read('robots list --search robot-new')).toMatchObject([expected]);
  expect(await read('robots blocks robot-new')).toEqual([]);
  expect(await read('robots uninstall robot-new')).toMatchObject([{ installedIn: [] }]);
  expect(await read('robots list --search robot-new --corp corp-one')).toEqual([]);
});

test('a group is added, renamed, gets members and robots, and is disbanded', async () => {
  const [{ openConversationId: id = '' } = {}] = await read('groups add --name 报警群 --owner alice --member bob');
  await read(`groups update ${id} --name 值班群 --owner bob`);
  await read(`groups add-members ${id} --member u01,u02`);
  await read(`groups remove-members ${id} --member u01`);
  await read(`groups add-robot ${id} robot-one`);
  expect(await read(`groups show ${id}`)).toMatchObject([{ title: '值班群', owner: 'bob', robots: ['robot-one'] }]);
  expect((await read(`groups members ${id}`)).map(({ userId }) => userId).sort()).toEqual(['alice', 'bob', 'u02']);
  expect(await read(`groups remove-robot ${id} robot-one`)).toMatchObject([{ robots: [] }]);
  const elsewhere = await admin(`groups show ${id}`, { env: { HUIZHI_CORP: 'corp-two' } });
  expect([elsewhere.code, elsewhere.stdout]).toEqual([1, '']);
  await read(`groups disband ${id}`);
  const ids = async (line: string) => (await read(line)).map(({ openConversationId }) => openConversationId);
  expect(await ids('groups list')).not.toContain(id);
  expect(await ids('groups list --disbanded')).toContain(id);
});

describe('lists', () => {
  test('of one organization have nothing of another', async () => {
    const { read } = await startAdministered();
    await read('users update alice --name Changed');
    expect((await read('audit list --corp corp-one')).map(({ action }) => action)).toEqual(['user.rename']);
    for (const line of ['audit list', 'apps list', 'robots list', 'groups list', 'unread list'])
      expect([line, JSON.stringify(await read(`${line} --corp corp-two`))]).toEqual([
        line,
        expect.not.stringMatching(/corp-one|app-one|alice/),
      ]);
    expect((await read('apps list --corp corp-two')).map(({ appKey }) => appKey)).toContain('app-two');
    expect((await read('apps list')).map(({ appKey }) => appKey)).toContain('app-one');
  });

  test('of unread messages name the users, filtered by robot and age', async () => {
    const credentials = { appKey: 'app-one', appSecret: 'secret-of-app-one' };
    const { accessToken } = (await child.call('POST', '/v1.0/oauth2/accessToken', { body: credentials })).body;
    await child.call('POST', '/v1.0/robot/oToMessages/batchSend', {
      headers: { 'x-acs-dingtalk-access-token': String(accessToken) },
      body: { robotCode: 'robot-one', userIds: ['alice', 'bob'], msgKey: 'sampleText', msgParam: '{"content":"x"}' },
    });
    await expect
      .poll(async () => (await read('unread list')).map(({ userId }) => userId).sort())
      .toEqual(['alice', 'bob']);
    expect(await read('unread list --robot robot-one --limit 1')).toHaveLength(1);
    expect(await read('unread list --min-age 1d')).toEqual([]);
    for (const line of ['unread list --robot robot-one,robot-two', 'unread list --robot ,'])
      expect(await admin(line)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('one robot') });
    const csv = await admin('unread list --csv');
    expect(csv.stdout).toMatch(/^userId,name,sentAt,.*\n\w+,Name of \w+,\d{4}-\d\d-\d\dT[\d:.]+Z,robot-one,/);
  });
});

describe('a long list', () => {
  /** A server whose audit log has no end: entries of `corp-one`, and the last one of each page is of `corp-two`. */
  async function startEndless() {
    const limits: number[] = [];
    const api = createServer(({ url = '' }, answer) => {
      const limit = Number(new URL(url, 'http://huizhi').searchParams.get('limit'));
      limits.push(limit);
      const entries = Array.from({ length: limit }, (_, id) => ({ id, corpId: id === 99 ? 'corp-two' : 'corp-one' }));
      answer.end(JSON.stringify({ entries, cursor: 'more' }));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void api.close().closeAllConnections());
    await once(api, 'listening');
    return { ...createOperator(`http://127.0.0.1:${(api.address() as AddressInfo).port}`), limits };
  }

  test('that is filtered is read in full pages', async () => {
    const { read, limits } = await startEndless();
    expect(await read('audit list --corp corp-two --limit 2')).toHaveLength(2);
    expect(limits).toEqual([100, 100]);
    expect(await read('audit list --limit 150')).toHaveLength(150);
    expect(limits).toEqual([100, 100, 100, 100]);
  });

  test.each(['--json', '--csv'])('with %s ends when its reader has enough', async (format) => {
    const { admin } = await startEndless();
    const started = ({ stdout }: ChildProcess) => void stdout?.once('data', () => stdout.destroy());
    expect(await admin(`audit list ${format}`, { started })).toMatchObject({ code: 0, stderr: '' });
  });
});

test('--dry-run changes no app, robot or group', { timeout: 180_000 }, async () => {
  const { admin, read, child } = await startAdministered('', setup);
  const [{ openConversationId: id = '' } = {}] = await read('groups add --name 报警群 --owner alice --member bob');
  const state = async () => {
    const ask = (path: string) => child.call('GET', `/console/v1/${path}`, { headers: bearer(child.adminToken) });
    const replies = [await ask('apps'), await ask('robots'), await ask('groups?corpId=corp-one'), await ask('audit')];
    return replies.map(({ text }) => text);
  };
  const before = await state();
  const lines = [
    ['apps add app-new', 0],
    ['apps add app-one', 1],
    ['apps update app-one --permission qyapi_robot_sendmsg', 0],
    ['apps rotate app-one', 0],
    ['apps rotate app-none', 1],
    ['apps add app-new --corp corp-none', 1],
    ['apps authorize suite', 0],
    ['apps authorize suite --corp corp-none', 1],
    ['apps revoke suite', 0],
    ['robots add robot-new --name x --app app-one', 0],
    ['robots add robot-new --name x --app app-none', 1],
    ['robots add robot-one --name x --app app-one', 1],
    ['robots update robot-one --disabled true', 0],
    ['robots install robot-one', 0],
    ['robots uninstall robot-one', 0],
    ['robots template robot-one sampleVideo --state stopped', 0],
    ['groups add --name x --owner alice', 0],
    ['groups add --name x --owner nobody', 1],
    ['groups add --name x --owner alice --robot robot-none', 1],
    [`groups update ${id} --name x`, 0],
    [`groups update ${id} --owner nobody`, 1],
    [`groups add-members ${id} --member u01`, 0],
    [`groups remove-members ${id} --member bob`, 0],
    [`groups add-robot ${id} robot-one`, 0],
    [`groups add-robot ${id} robot-none`, 1],
    [`groups remove-robot ${id} robot-one`, 0],
    [`groups disband ${id}`, 0],
    ['groups disband cid-none', 1],
  ] as const;
  for (const [line, code] of lines) expect([line, (await admin(`${line} --dry-run`)).code]).toEqual([line, code]);
  expect(await state()).toEqual(before);
});
