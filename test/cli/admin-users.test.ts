/** `huizhi admin organizations|users|departments`: the built program against the built server. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { command, folder } from '../support/command.ts';
import { fileAdministered, startAdministered } from './admin.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 120_000 });

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const { admin, read } = await fileAdministered();

describe.each(['SQLite', 'PostgreSQL'])('on %s', (engine) => {
  test('users are added, changed, removed and restored, and the audit log has each change once', async () => {
    const address = engine === 'SQLite' ? '' : ` --database ${await postgres.create('migrated')}`;
    const { admin, read, child } = await startAdministered(address);
    const added = await admin('users add zoe --name 佐伊 --mobile 13800001234 --title Chief --json');
    expect([added.code, added.stderr]).toEqual([0, 'Added user zoe of corp-one.\n']);
    expect(JSON.parse(added.stdout)).toMatchObject({ userId: 'zoe', name: '佐伊', title: 'Chief', email: null });
    const changed = await admin('users update zoe --email zoe@example.com --clear mobile,title');
    expect([changed.code, changed.stderr]).toEqual([0, 'Changed user zoe of corp-one.\n']);
    expect(changed.stdout).toMatch(/^email +zoe@example\.com$/m);
    expect(await read('users show zoe')).toMatchObject([{ mobile: null, title: null, email: 'zoe@example.com' }]);
    expect(await admin('users remove zoe')).toMatchObject({ code: 0, stderr: 'Removed user zoe of corp-one.\n' });
    expect(await read('users list --former')).toMatchObject([{ userId: 'zoe', name: '佐伊' }]);
    expect(await admin('users restore zoe')).toMatchObject({ code: 0, stderr: 'Restored user zoe of corp-one.\n' });
    expect(await read('users list --search zoe')).toMatchObject([{ userId: 'zoe', name: '佐伊' }]);
    const { entries } = (
      await child.call('GET', '/console/v1/audit', { headers: { authorization: `Bearer ${child.adminToken}` } })
    ).body as { entries: { action: string }[] };
    const actions = entries.map(({ action }) => action).filter((action) => action.startsWith('user.'));
    expect(actions).toEqual(['user.restore', 'user.remove', 'user.change', 'user.add']);
  });
});

test('departments and organizations are added, changed and removed', async () => {
  expect(await read('organizations add corp-new --name 新公司')).toEqual([{ corpId: 'corp-new', name: '新公司' }]);
  expect(await read('organizations update corp-new --name 更名')).toEqual([{ corpId: 'corp-new', name: '更名' }]);
  expect(await read('organizations list --search 更名')).toEqual([{ corpId: 'corp-new', name: '更名' }]);
  expect(await read('organizations show corp-new')).toEqual([{ corpId: 'corp-new', name: '更名' }]);
  expect(await read('departments add --name 研发 --dept-id 900')).toMatchObject([{ deptId: 900, parentId: 1 }]);
  expect(await read('departments add --name 后端 --dept-id 901 --parent 900')).toMatchObject([{ parentId: 900 }]);
  await read('users update alice --department 900,901 --manages 901');
  expect(await read('departments members 901')).toMatchObject([{ userId: 'alice' }]);
  expect(await read('departments show 901')).toMatchObject([{ managers: ['alice'], memberCount: 1 }]);
  const list = await admin('departments list --parent 900');
  expect(list.stdout).toMatch(/^deptId +name +parentId.*\n901 +后端 +900/);
  const full = await admin('departments remove 900');
  expect([full.code, full.stdout]).toEqual([1, '']);
  expect(full.stderr).toMatch(/huizhi\.\w+: .*\n$/);
  await read('users update alice --department 1');
  await read('departments update 901 --name 平台 --parent 1');
  for (const id of ['901', '900']) expect(await admin(`departments remove ${id}`)).toMatchObject({ code: 0 });
  expect(await read('departments list')).toEqual([]);
});

test('--dry-run prints what would change, and changes nothing', { timeout: 180_000 }, async () => {
  await read('departments add --name 研发 --dept-id 900');
  const state = async () =>
    JSON.stringify([
      await read('organizations list'),
      await read('users list'),
      await read('users list --former'),
      await read('departments list'),
    ]);
  const before = await state();
  const update = await admin('users update alice --name 新名 --dry-run');
  expect(update).toMatchObject({
    code: 0,
    stdout: 'member  now            then\nname    Name of alice  新名\n',
    stderr: 'Would have changed user alice of corp-one; nothing was changed.\n',
  });
  expect(await read('users update alice --name 新名 --dry-run')).toEqual([
    {
      ...{ dryRun: true, done: 'changed', object: 'user alice of corp-one' },
      changes: [{ name: 'name', before: 'Name of alice', after: '新名' }],
    },
  ]);
  const lines = [
    ['users add zoe --name Z', 0],
    ['users add alice --name Z', 1],
    ['users add zoe --name Z --department 901', 1],
    ['users update nobody --name Z', 1],
    ['users update alice --department 901', 1],
    ['users remove alice bob', 0],
    ['users remove nobody', 1],
    ['users restore alice', 1],
    ['departments add --name Z', 0],
    ['departments add --name Z --parent 900', 0],
    ['departments add --name Z --parent 901', 1],
    ['departments add --name Z --dept-id 900', 1],
    ['departments update 900 --name Z', 0],
    ['departments update 900 --parent 901', 1],
    ['departments remove 900', 0],
    ['departments remove 901', 1],
    ['organizations add corp-next --name Z', 0],
    ['organizations add corp-one --name Z', 1],
    ['organizations update corp-one --name Z', 0],
  ] as const;
  for (const [line, code] of lines) expect([line, (await admin(`${line} --dry-run`)).code]).toEqual([line, code]);
  const elsewhere = await admin('users add zoe --name Z --dry-run', { env: { HUIZHI_CORP: 'corp-none' } });
  expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining('corp-none')]);
  expect(await state()).toBe(before);
});

test('data of another organization is not shown, and not changed', async () => {
  await read('users add only-one --name Secret');
  const other = { env: { HUIZHI_CORP: 'corp-two' } };
  const lines = ['users show only-one', 'users update only-one --name X', 'users remove only-one'];
  for (const line of lines) {
    const { code, stdout, stderr } = await admin(line, other);
    expect([line, code, stdout]).toEqual([line, 1, '']);
    expect(stderr).not.toContain('Secret');
  }
  for (const line of ['users list', 'users list --json', 'users list --csv', 'users export', 'users list --former'])
    expect((await admin(line, other)).stdout).not.toMatch(/only-one|Secret/);
  expect(await read('users show only-one')).toMatchObject([{ name: 'Secret', leftAt: null }]);
});

test('codes that would lead to another call are refused', async () => {
  const before = await read('audit list');
  const refusals = [
    ['', 2, '<userId> is empty'],
    ['.', 1, 'cannot be a code in a path. Correct the value.'],
    ['..', 1, 'cannot be a code in a path. Correct the value.'],
  ] as const;
  for (const [code, exit, words] of refusals)
    for (const verb of ['show', 'remove', 'restore']) {
      const refused = await admin(['users', verb, code]);
      expect([verb, code, refused.code, refused.stdout]).toEqual([verb, code, exit, '']);
      expect(refused.stderr).toContain(words);
    }
  expect(await read('audit list')).toEqual(before);
});

describe('CSV files', () => {
  test('with a mark, quotes, CR LF and formulas come back as they were', async () => {
    const place = folder();
    const csv = '\ufeffuserId,name,title\r\nq1,"甲, ""乙""",\'=1+1\r\nq2,"\'+SUM(A1)",@x\r\n';
    writeFileSync(join(place, 'in.csv'), csv);
    const dry = await admin('users import --file in.csv --dry-run', { cwd: place });
    expect(dry).toMatchObject({ code: 0, stdout: 'created    2\nrenamed    0\nchanged    0\nunchanged  0\n' });
    expect(await read('users list --search q1')).toEqual([]);
    expect((await admin('users import --file -', { input: csv })).code).toBe(0);
    expect(await read('users show q1')).toMatchObject([{ name: '甲, "乙"', title: '=1+1' }]);
    expect(await read('users show q2')).toMatchObject([{ name: '+SUM(A1)', title: '@x' }]);
    const listed = await admin('users list --search q --csv');
    expect(listed.stdout).toContain('q1,"甲, ""乙""",,,,\'=1+1,1\n');
    expect((await admin('users export --out all.csv', { cwd: place })).code).toBe(0);
    expect(statSync(join(place, 'all.csv')).mode & 0o077).toBe(0);
    const all = readFileSync(join(place, 'all.csv'), 'utf8');
    expect(all).toMatch(/^\ufeffuserId,name,.*\r\n/);
    expect(all).toContain("\r\nq2,'+SUM(A1),,,,'@x,,,");
    const { stdout } = await admin('users export');
    expect(`\ufeff${stdout.replaceAll('\n', '\r\n')}`).toBe(all);
    expect((await admin('users import --file all.csv', { cwd: place })).stdout).toMatch(
      /^created +0\nrenamed +0\nchanged +0\n/,
    );
    const again = await admin('users export --out all.csv', { cwd: place });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('it exists already') });
  });

  test('of an export are imported without a change, whatever the names are', async () => {
    const names = ['c, "d"', "'=1", "''+1", '-', '@x', '–f', "'g", '＝1;=2'];
    for (const [i, name] of names.entries()) await read(['users', 'add', `n${i}`, '--name', name]);
    const cwd = folder();
    expect(await admin('users export --out all.csv', { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect((await admin('users import --file all.csv', { cwd })).stdout).toMatch(
      /^created +0\nrenamed +0\nchanged +0\n/,
    );
    for (const i of names.keys()) await read(`users update n${i} --name changed`);
    await read(['users', 'import', '--file', join(cwd, 'all.csv')]);
    const found = (await read('users list --search n')).filter(({ userId }) => /^n\d$/.test(String(userId)));
    expect(found.map(({ name }) => name)).toEqual(names);
  });

  test('with 2,000 rows are imported and exported', async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => `bulk${i},用户${i}`);
    const input = `userId,name\r\n${rows.join('\r\n')}\r\n`;
    expect((await admin('users import --file -', { input })).stdout).toMatch(/^created +2000\n/);
    const { stdout } = await admin('users export');
    expect(stdout.split('\n').filter((line) => line.startsWith('bulk'))).toHaveLength(2000);
    expect((await admin('users list --search bulk --csv --limit 1500')).stdout.trim().split('\n')).toHaveLength(1501);
  });

  test.each([
    ['a NUL character', Buffer.from('u9,a\nu8,\0b\n'), 2, '--file in.csv:2: there is a NUL character'],
    ['UTF-16', Buffer.from('\ufeffu9,a\n', 'utf16le'), 2, '--file in.csv is not UTF-8: save it as CSV UTF-8.'],
    ['a line that is not valid', Buffer.from('u9,a\nu8\n'), 1, 'in.csv:2: there are 1 fields, not 2'],
  ])('with %s are refused, and the line is named', async (_, bytes, code, sentence) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.csv'), bytes);
    const refused = await admin('users import --file in.csv', { cwd });
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(sentence)]);
    expect(await read('users list --search u9')).toEqual([]);
  });
});

describe('wrong usage ends with 2 and one sentence', () => {
  const env = { HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite', HUIZHI_ENDPOINT: 'http://127.0.0.1:1' };
  test.each([
    ['', 'Name a noun. One of organizations, users, '],
    ['usrs list', 'There is no noun "usrs". Did you mean users?'],
    ['users', 'Name a verb. One of list, show, add, '],
    ['users lst', 'There is no verb "lst". Did you mean list?'],
    ['users show', 'Usage: huizhi admin users show <userId>'],
    ['users list alice --corp x', 'huizhi admin users list has no operands'],
    ['users show a b --corp x', 'without "b"'],
    ['users show a', '--corp is missing: add --corp <corpId>, or HUIZHI_CORP in the environment.'],
    ['users show a --corp x --name b', 'huizhi admin users show has no --name; its options are --corp, '],
    ['users add a --corp x', '--name is missing'],
    ['users update a --corp x', 'Nothing to change'],
    ['users update a --corp x --clear name', '--clear "name" must be one of mobile, '],
    ['users update a --corp x --department b', '--department "b" must be a number.'],
    ['users list --corp x --json --csv', '--csv and --json exclude each other'],
    ['users list --corp x --admin-token secret-on-the-line', '--admin-token cannot be given on the command line'],
  ])('huizhi admin %s', async (line, sentence) => {
    const { code, stdout, stderr } = await command(['admin', ...line.split(' ').filter(Boolean)], { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('secret-on-the-line');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('no server, and no or a wrong token, say what to do', async () => {
    const away = await command(['admin', 'users', 'list', '--corp', 'x'], { env });
    expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('Check --endpoint (http://127.0.0.1:1)')]);
    const without = await command(['admin', 'users', 'list', '--corp', 'x']);
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('No admin token: set HUIZHI_ADMIN_TOKEN'),
    ]);
    const wrong = await admin('users list', { env: { HUIZHI_ADMIN_TOKEN: 'a-wrong-token-of-the-suite' } });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Correct HUIZHI_ADMIN_TOKEN')]);
  });
});
