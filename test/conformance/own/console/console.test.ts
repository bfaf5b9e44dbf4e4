import { expect, test } from 'vitest';
import { fileServer, type Reply, testServer } from '../../support/harness.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const server = await fileServer();
const { call } = server;

const open = async (at = server) => {
  const reply = await at.call('POST', '/console/v1/sessions', { body: { adminToken: at.adminToken } });
  ok(reply);
  return { cookie: cookieOf(reply), csrf: String(reply.body.csrfToken), header: String(reply.headers['set-cookie']) };
};

const cookieOf = (reply: Reply) => String(reply.headers['set-cookie']?.[0]?.split(';')[0]);

test('the admin token opens a session whose cookie no script can read and no other site can send', async () => {
  const { cookie, header } = await open();
  expect(header).toMatch(/HttpOnly/);
  expect(header).toMatch(/SameSite=Strict/);
  expect(header).toMatch(/Path=\/console/);
  const current = ok(await call('GET', '/console/v1/sessions/current', { headers: { cookie } }));
  expect(Number(current.expiresAt)).toBeGreaterThan(Date.now() + 11 * 3_600_000);
  expect(current.emulator).toBe(true);
  expect((await call('GET', '/console/v1/organizations', { headers: { cookie } })).status).toBe(200);
});

test('a wrong admin token, an invalid cookie, a recipient’s session and no credentials open no console', async () => {
  for (const adminToken of ['guess', `${server.adminToken}x`]) {
    const reply = await call('POST', '/console/v1/sessions', { body: { adminToken } });
    expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
  }
  const person = await world(server).signIn('alice');
  for (const headers of [
    {},
    { cookie: 'huizhi_console=guess' },
    { cookie: `huizhi_console=${person}` },
    bearer(person),
  ]) {
    for (const path of ['organizations', 'messages?corpId=corp-one', 'audit', 'events?corpId=corp-one']) {
      const reply = await call('GET', `/console/v1/${path}`, { headers });
      expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
    }
  }
});

test('a change with the cookie needs the CSRF token of the same session, a change with the admin token none', async () => {
  const [mine, other] = [await open(), await open()];
  const create = (corpId: string, headers: Record<string, string>) =>
    call('POST', '/console/v1/organizations', { body: { corpId, name: 'n' }, headers });
  for (const csrf of [{}, { 'x-csrf-token': other.csrf }, { 'x-csrf-token': '' }]) {
    const reply = await create('corp-csrf', { cookie: mine.cookie, ...csrf } as Record<string, string>);
    expect(refusal(reply)).toEqual([403, 'huizhi.forbidden']);
  }
  const all = ok(await call('GET', '/console/v1/organizations', { headers: { cookie: mine.cookie } }));
  expect(JSON.stringify(all)).not.toContain('corp-csrf');
  ok(await create('corp-csrf', { cookie: mine.cookie, 'x-csrf-token': mine.csrf }));
  ok(await create('corp-bearer', bearer(server.adminToken)));
});

test('signing out needs the CSRF token and ends that session only', async () => {
  const [mine, other] = [await open(), await open()];
  const leave = (headers: Record<string, string>) => call('DELETE', '/console/v1/sessions/current', { headers });
  expect(refusal(await leave({ cookie: mine.cookie }))).toEqual([403, 'huizhi.forbidden']);
  ok(await leave({ cookie: mine.cookie, 'x-csrf-token': mine.csrf }));
  const current = (cookie: string) => call('GET', '/console/v1/sessions/current', { headers: { cookie } });
  expect(refusal(await current(mine.cookie))).toEqual([401, 'huizhi.unauthorized']);
  expect((await current(other.cookie)).status).toBe(200);
});

test('requests with the cookie of an ended session are not slowed down', async () => {
  const mine = await open();
  for (let i = 0; i < 12; i++)
    await call('GET', '/console/v1/organizations', { headers: { cookie: 'huizhi_console=old' } });
  const started = performance.now();
  for (let i = 0; i < 5; i++) {
    expect((await call('GET', '/console/v1/organizations', { headers: { cookie: mine.cookie } })).status).toBe(200);
  }
  // Each request would take two seconds if it was slowed down.
  expect(performance.now() - started).toBeLessThan(6000);
});

test('a session ends after twelve hours', async () => {
  const own = await testServer();
  const { cookie } = await open(own);
  const current = () => own.call('GET', '/console/v1/sessions/current', { headers: { cookie } });
  const { freeze, advance } = world(own);
  await freeze();
  await advance('11h');
  expect((await current()).status).toBe(200);
  await advance('61m');
  expect(refusal(await current())).toEqual([401, 'huizhi.unauthorized']);
});

test('CSRF tokens cannot be derived from sessions: two sessions share nothing', async () => {
  const [one, two] = [await open(), await open()];
  expect(one.cookie).not.toBe(two.cookie);
  expect(one.csrf).not.toBe(two.csrf);
  expect(one.cookie).not.toContain(one.csrf);
});

test('a server that is not an emulator says so to its console', async () => {
  const own = await testServer({ command: 'serve' });
  const { cookie } = await open(own);
  const reply = await own.call('GET', '/console/v1/sessions/current', { headers: { cookie } });
  expect(ok(reply).emulator).toBe(false);
});
