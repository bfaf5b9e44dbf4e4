/** `huizhi admin links|token`: the built program against the built server. */
import type { ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { startChild } from '../conformance/support/child.ts';
import { bearer } from '../conformance/support/world.ts';
import { command, folder, jsonLines } from '../support/command.ts';
import { createOperator, fileAdministered, startAdministered } from './admin.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 120_000 });

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe('huizhi admin links create', async () => {
  const { admin, child, read } = await fileAdministered();
  /** How many links have been created until now. */
  const countCreated = async () =>
    (await read('audit list --corp corp-one --limit 5000')).filter(({ action }) => action === 'user.signInCode').length;

  test('writes CSV and QR codes that only the user can read, and each link signs in once', async () => {
    const before = await countCreated();
    await read(['users', 'add', '../=x', '--name', '=1+1']);
    const cwd = folder();
    writeFileSync(
      join(cwd, 'in.csv'),
      '\ufeffname,userId\r\n"甲, 乙",alice\r\n\'=1+1,../=x\r\nx,nobody\r\n\r\nx,alice\r\n',
    );
    const begun = Date.now();
    const line = 'links create bob --file in.csv --out out.csv --qr codes --valid-for 3d';
    const made = await admin(line, { cwd });
    expect([made.code, made.stdout]).toEqual([1, '']);
    expect(made.stderr).toMatch(/^nobody: huizhi\.notFound: .*\nCreated 3 of 4 links\.\n$/);
    const text = readFileSync(join(cwd, 'out.csv'), 'utf8');
    const [head, ...rows] = text.split('\r\n');
    expect(head).toBe('\ufeffuserId,name,url,expiresAt');
    expect(rows.map((row) => row.replace(/,http.*/, ''))).toEqual(['bob,Name of bob', 'alice,x', "../=x,'=1+1", '']);
    expect(readdirSync(join(cwd, 'codes'))).toEqual(['1-bob.svg', '2-alice.svg', '3-____x.svg']);
    expect(readFileSync(join(cwd, 'codes', '1-bob.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>$/s);
    for (const name of ['out.csv', 'codes', 'codes/1-bob.svg'])
      expect([name, statSync(join(cwd, name)).mode & 0o077]).toEqual([name, 0]);
    const [, url = '', expiresAt = ''] = /,(http[^,]*),(.*)$/.exec(rows[0] ?? '') ?? [];
    expect(Date.parse(expiresAt) - begun).toBeGreaterThan(2.9 * 86_400_000);
    const code = new URL(url).searchParams.get('code');
    const signIn = async () => (await child.call('POST', '/inbox/v1/sessions', { body: { code } })).status;
    expect([await signIn(), await signIn()]).toEqual([200, 401]);
    const again = await admin('links create bob --out out.csv', { cwd });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--out out.csv: it exists already') });
    expect(await admin('links create bob --qr codes', { cwd })).toMatchObject({ code: 2 });
    expect(readFileSync(join(cwd, 'out.csv'), 'utf8')).toBe(text);
    expect((await countCreated()) - before).toBe(3);
  });

  test('has written each link that it has created when it is interrupted', async () => {
    const before = await countCreated();
    const codes = Array.from({ length: 1000 }, (_, i) => `bulk${i}`);
    const input = `userId,name\n${codes.map((code) => `${code},x`).join('\n')}\n`;
    await admin('users import --file -', { input });
    const cwd = folder();
    const rows = () =>
      existsSync(join(cwd, 'out.csv')) ? readFileSync(join(cwd, 'out.csv'), 'utf8').split('\r\n') : [];
    const started = (child: ChildProcess) =>
      void expect
        .poll(() => rows().length)
        .toBeGreaterThan(20)
        .then(() => child.kill('SIGINT'));
    const made = await admin('links create --file - --out out.csv --qr codes', { cwd, input, started });
    expect(made.code).not.toBe(0);
    const created = (await countCreated()) - before;
    expect(created).toBeLessThan(codes.length);
    // Four calls run at a time, and their links are written in the order of the users.
    expect(created - (rows().length - 2)).toBeLessThan(20);
    // The last link may be without its picture.
    expect(readdirSync(join(cwd, 'codes')).length).toBeGreaterThanOrEqual(rows().length - 3);
  });

  test('leaves no file and no folder if there is no link, so that the same line can be tried again', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'taken'), '');
    const lines = [
      ['alice --out taken --qr codes', 2],
      ['alice --out out.csv --qr taken', 2],
      ['nobody --out out.csv --qr codes', 1],
    ] as const;
    for (const [line, code] of lines) {
      expect([line, (await admin(`links create ${line}`, { cwd })).code]).toEqual([line, code]);
      expect([line, readdirSync(cwd)]).toEqual([line, ['taken']]);
    }
    const env = { HUIZHI_ENDPOINT: 'http://127.0.0.1:1' };
    expect(await admin('links create alice --out out.csv --qr codes', { cwd, env })).toMatchObject({ code: 1 });
    expect(readdirSync(cwd)).toEqual(['taken']);
  });

  test('--dry-run and wrong files create no link', async () => {
    const before = await countCreated();
    const dry = await admin('links create alice nobody --dry-run');
    expect([dry.code, dry.stdout]).toEqual([1, 'userId  name\nalice   Name of alice\n']);
    expect(dry.stderr).toMatch(/Would have created 1 of 2 links; nothing was changed\.\n$/);
    const cwd = folder();
    writeFileSync(join(cwd, 'bad.csv'), 'userId\nalice\n"bob\n');
    for (const line of ['links create', 'links create --file bad.csv', 'links create --file none.csv'])
      expect([line, (await admin(line, { cwd })).code]).toEqual([line, 2]);
    const other = await admin('links create alice', { env: { HUIZHI_CORP: 'corp-none' } });
    expect([other.code, other.stdout.includes('http')]).toEqual([1, false]);
    expect(await countCreated()).toBe(before);
  });

  test('makes 2,000 links from standard input, as JSON lines in their order', async () => {
    const codes = Array.from({ length: 2000 }, (_, i) => `bulk${i}`);
    const input = `userId,name\n${codes.map((code) => `${code},x`).join('\n')}\n`;
    await admin('users import --file -', { input });
    const made = await admin('links create --file - --json', { input });
    expect([made.code, made.stderr]).toEqual([0, 'Created 2000 of 2000 links.\n']);
    expect(jsonLines(made.stdout).map(({ userId }) => userId)).toEqual(codes);
  });
});

/** Starts a server whose admin token is in its database. */
async function startWithStoredToken(args = '') {
  const child = await startChild(`serve${args}`);
  const [, first = ''] = /"adminToken":"([^"]+)"/.exec(child.output()) ?? [];
  const status = async (token: string) =>
    (await child.call('GET', '/console/v1/status', { headers: bearer(token) })).status;
  const reset = (more = '', env = {}) =>
    command(['admin', 'token', 'reset', ...`${args} ${more}`.split(' ').filter(Boolean)], { cwd: child.folder, env });
  return { child, first, status, reset };
}

const tokenIn = (stdout: string) => String(jsonLines(stdout)[0]?.adminToken);

/** Whether a request is there with its hash: the file exists a moment before. */
const isWritten = (path: string) => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n');

describe('huizhi admin token reset', () => {
  test.each(['SQLite', 'PostgreSQL'])(
    'replaces the token of a running server on %s, and its sessions',
    async (engine) => {
      const args = engine === 'SQLite' ? '' : ` --database ${await postgres.create('migrated')}`;
      const { child, first, status, reset } = await startWithStoredToken(args);
      const opened = await child.call('POST', '/console/v1/sessions', { body: { adminToken: first } });
      const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? '';
      const session = async () => (await child.call('GET', '/console/v1/status', { headers: { cookie } })).status;
      expect([await status(first), await session()]).toEqual([200, 200]);
      const done = await reset('--json', { HUIZHI_ADMIN_TOKEN: first });
      expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('the old one and its sessions have ended')]);
      const token = tokenIn(done.stdout);
      expect([await status(first), await session(), await status(token)]).toEqual([401, 401, 200]);
      const { read } = createOperator(child.url);
      const entries = await read('audit list --limit 1', { HUIZHI_ADMIN_TOKEN: token });
      expect(entries).toMatchObject([{ actor: 'command', action: 'adminToken.reset', corpId: null }]);
      expect(JSON.stringify([entries, child.output()])).not.toContain(hash('sha256', token));
      expect(readdirSync(child.folder).filter((name) => name.includes('admin-token'))).toEqual([]);
    },
  );

  test('prints no token if the server has not stored it, because the request is removed or replaced', async () => {
    const { child, first, status, reset } = await startWithStoredToken();
    const request = join(child.folder, 'huizhi.db-admin-token');
    child.process.kill('SIGSTOP');
    const removed = reset();
    await expect.poll(() => isWritten(request)).toBe(true);
    rmSync(request);
    expect(await removed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Try again.') });
    const replaced = reset();
    await expect.poll(() => isWritten(request)).toBe(true);
    writeFileSync(request, `${hash('sha256', 'another-token')}\n`);
    expect(await replaced).toMatchObject({ code: 1, stdout: '' });
    child.process.kill('SIGCONT');
    await expect.poll(() => status('another-token')).toBe(200);
    expect(await status(first)).toBe(401);
    expect(existsSync(request)).toBe(false);
  });

  test('is refused while another one waits for the server', async () => {
    const { child, status, reset } = await startWithStoredToken();
    child.process.kill('SIGSTOP');
    const waiting = reset('--json');
    await expect.poll(() => isWritten(join(child.folder, 'huizhi.db-admin-token'))).toBe(true);
    const second = await reset('--json');
    expect([second.code, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toContain('another huizhi admin token reset waits for the server');
    child.process.kill('SIGCONT');
    const done = await waiting;
    expect([done.code, await status(tokenIn(done.stdout))]).toEqual([0, 200]);
    expect(readdirSync(child.folder).filter((name) => name.includes('admin-token'))).toEqual([]);
  });

  test.each(['a file', 'a folder'])('does not keep a server from its start when it has left %s', async (what) => {
    const { child, first } = await startWithStoredToken();
    await stop(child);
    const request = join(child.folder, 'huizhi.db-admin-token');
    if (what === 'a folder') mkdirSync(request);
    else writeFileSync(request, `${hash('sha256', 'another-token')}\n`, { mode: 0o600 });
    const env = { HUIZHI_CONFIG: join(child.folder, 'huizhi.yaml') };
    const again = await startChild(`serve --database ${join(child.folder, 'huizhi.db')}`, [], env);
    expect(existsSync(request)).toBe(what === 'a folder');
    expect(again.output().includes('could not be removed')).toBe(what === 'a folder');
    const statuses = [first, 'another-token'].map(async (one) => {
      return (await again.call('GET', '/console/v1/status', { headers: bearer(one) })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 401]);
  });

  test('works on the database of a stopped server', async () => {
    const { child, first, reset } = await startWithStoredToken();
    await stop(child);
    const done = await reset();
    const [, token = ''] = /^admin token (\S{32}) {3}\(shown only once; store it safely\)\n$/.exec(done.stdout) ?? [];
    const env = { HUIZHI_CONFIG: join(child.folder, 'huizhi.yaml') };
    const again = await startChild(`serve --database ${join(child.folder, 'huizhi.db')}`, [], env);
    const statuses = [first, token].map(async (one) => {
      return (await again.call('GET', '/console/v1/status', { headers: bearer(one) })).status;
    });
    expect(await Promise.all(statuses)).toEqual([401, 200]);
    expect(again.output()).not.toContain('adminToken');
    const nowhere = await reset('--database none.db');
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('there is no database none.db')]);
  });

  test('with --dry-run changes nothing', async () => {
    const { first, status, reset } = await startWithStoredToken();
    const dry = await reset('--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^Would have replaced .*nothing was changed/),
    });
    expect(await status(first)).toBe(200);
  });

  test('is refused if the configuration file has the token, or if no running server takes it', async () => {
    const { child } = await startAdministered();
    const held = await command(['admin', 'token', 'reset'], { cwd: child.folder });
    expect([held.code, held.stdout]).toEqual([1, '']);
    expect(held.stderr).toContain('did not take the new token. Change its HUIZHI_ADMIN_TOKEN');
    expect(readdirSync(child.folder).filter((name) => name.includes('admin-token'))).toEqual([]);
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), 'adminToken: a-token-of-the-file-1234\n');
    const inFile = await command(['admin', 'token', 'reset'], { cwd });
    expect([inFile.code, inFile.stderr]).toEqual([
      2,
      expect.stringContaining('The configuration file has the admin token'),
    ]);
  });
});

async function stop(child: Awaited<ReturnType<typeof startChild>>): Promise<void> {
  const closed = new Promise((resolve) => child.process.once('close', resolve));
  child.process.kill('SIGTERM');
  await closed;
}
