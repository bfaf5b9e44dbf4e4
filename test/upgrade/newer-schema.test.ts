import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { Engine } from '../../src/store/engine/sql.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { emptyFolder, startChild } from '../conformance/support/child.ts';
import { bearer, ok, refusal, world } from '../conformance/support/world.ts';
import { command } from '../support/command.ts';
import { run } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function emptyDatabase(engine: Engine): Promise<string> {
  if (engine === 'sqlite') return join(emptyFolder(), 'huizhi.db');
  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  return url;
}

/** Lets the next release change the schema. */
const migrateFurther = (database: string) =>
  void execFileSync(process.execPath, [join(import.meta.dirname, 'next-release.ts'), database], { stdio: 'inherit' });

const known = migrations.latest;
const serve = (database: string) => `serve --database ${database}`;
const env = { HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite' };

test('a process that runs while a newer one changes the schema acknowledges no more writes, and says why', {
  timeout: 60_000,
}, async () => {
  const database = await emptyDatabase('postgres');
  const older = await startChild(serve(database), [], env);
  const { call, tokenOf, send, sent, status, recall } = world(older);
  const token = await tokenOf();
  const key = await sent({}, token);
  const code = ok(
    await call('POST', '/console/v1/signInCodes', {
      body: { corpId: 'corp-one', userId: 'alice' },
      headers: bearer(older.adminToken),
    }),
  ).code;
  const sends = Array.from({ length: 40 }, () => send({}, token));
  migrateFurther(database);
  const accepted = (await Promise.all(sends)).filter((reply) => reply.status === 200);

  const refused = [500, 'system.error'];
  expect(refusal(await send({}, token))).toEqual(refused);
  expect(refusal(await recall({ processQueryKeys: [key] }, token))).toEqual(refused);
  expect(refusal(await call('POST', '/inbox/v1/sessions', { body: { code } }))).toEqual(refused);
  const organization = { body: { corpId: 'corp-new', name: 'New' }, headers: bearer(older.adminToken) };
  expect(refusal(await call('POST', '/console/v1/organizations', organization))).toEqual(refused);
  const reason = `Not ready: a newer huizhi has changed the database (its schema is version ${known + 1} and this process works with version ${known}): replace this process by the newer one`;
  const readiness = await call('GET', '/readyz');
  expect([...refusal(readiness), readiness.body.message]).toEqual([503, 'huizhi.newerSchema', reason]);
  expect(ok(await call('GET', '/healthz'))).toEqual({ status: 'ok' });
  expect(ok(await status({ robotCode: 'robot-one', processQueryKey: key }, token)).sendStatus).toBe('SUCCESS');

  // Only acknowledged sends are stored, and the process says once that it has stopped writing.
  const count = await run(database, 'select count(*) from messages');
  expect(Number(count[0]?.[0])).toBe(accepted.length + 1);
  await expect.poll(() => older.output().match(/this process no longer writes/g)?.length, { timeout: 10_000 }).toBe(1);
});

describe.each(['sqlite', 'postgres'] as const)('on a %s database with a newer schema', (engine) => {
  let newer: string;
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-newer-'));
  beforeAll(async () => {
    newer = engine === 'sqlite' ? join(folder, 'huizhi.db') : await server.create('empty');
    migrateFurther(newer);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    if (engine === 'postgres') await server.drop(newer);
  });

  test.each(['serve', 'dev', 'migrate'])('huizhi %s refuses to start and names both versions', async (name) => {
    const port = name === 'migrate' ? [] : ['--port', '0'];
    const { code, stderr } = await command([name, '--database', newer, ...port]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `huizhi ${name} failed: the database was made by a newer huizhi (its schema is version ${known + 1} and this huizhi knows versions up to ${known}); run that one or a later one`,
    );
  });

  test('huizhi migrate --check reports that it is newer, and exits with 1', async () => {
    const { code, stdout } = await command(['migrate', '--check', '--database', newer, '--log-level', 'warn']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          ` is at version ${known + 1}, but this huizhi supports versions up to ${known}: run a newer huizhi.\n$`,
        ),
      ),
    ]);
  });

  test('huizhi migrate copies neither from it nor into it', async () => {
    const other = await emptyDatabase('sqlite');
    await command(['migrate', '--database', other]);
    const from = await command(['migrate', '--from', newer, '--to', await emptyDatabase('sqlite')]);
    expect([from.code, from.stderr]).toEqual([
      1,
      expect.stringContaining(`copies version ${known}: run a newer huizhi`),
    ]);
    const to = await command(['migrate', '--from', other, '--to', newer]);
    expect([to.code, to.stderr]).toEqual([1, expect.stringContaining('made by a newer huizhi')]);
  });
});
