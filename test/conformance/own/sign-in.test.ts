import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyFolder } from '../support/child.ts';
import { fileServer, type Server, startServer, testServer } from '../support/harness.ts';
import { exchange, requestText } from '../support/raw.ts';
import { appSecrets } from '../support/setup.ts';
import { bearer, hello, ok, refusal, sendPath, tokenHeader, world } from '../support/world.ts';

// As in production: no emulator, sign-in with codes, secrets hashed at the normal cost.
const server = await fileServer({ command: 'serve' });
const { call, inboxOf, sent, tokenOf } = world(server);

const codeFor = async (at: Server, userId: string, corpId = 'corp-one') =>
  ok(await at.call('POST', '/console/v1/signInCodes', { body: { corpId, userId }, headers: bearer(at.adminToken) }));
const signInWith = (at: Server, code: unknown) => at.call('POST', '/inbox/v1/sessions', { body: { code } });

test('signing in by name is possible in dev only', async () => {
  for (const userId of ['alice', 'nobody']) {
    const reply = await call('POST', '/inbox/v1/sessions', { body: { corpId: 'corp-one', userId } });
    expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
  }
});

test('users are listed only in dev', async () => {
  expect(refusal(await call('GET', '/inbox/v1/people'))).toEqual([404, 'huizhi.notFound']);
  expect(ok(await call('GET', '/inbox/v1/sessions')).signIn).toEqual(['code']);
});

test('there is no emulator', async () => {
  for (const [method, path] of [
    ['GET', 'clock'],
    ['POST', 'reset'],
    ['GET', 'snapshot'],
    ['GET', 'requests'],
  ]) {
    expect(refusal(await call(String(method), `/emulator/v1/${path}`))).toEqual([404, 'huizhi.notFound']);
  }
});

test('the operator creates a code, with which a person signs in once', async () => {
  const { code, url, expiresAt } = await codeFor(server, 'alice');
  expect(String(url)).toBe(`${server.url}/?code=${code}`);
  expect(Number(expiresAt) - Date.now()).toBeGreaterThan(9 * 60_000);
  const reply = await signInWith(server, code);
  expect(ok(reply).user).toEqual({ corpId: 'corp-one', userId: 'alice', name: 'Name of alice' });
  await sent();
  expect((await inboxOf(String(reply.body.token))).messages).toHaveLength(1);
  expect(refusal(await signInWith(server, code))).toEqual([401, 'huizhi.unauthorized']);
});

test('codes of several people are independent', async () => {
  const [alice, bob, other] = [
    await codeFor(server, 'alice'),
    await codeFor(server, 'bob'),
    await codeFor(server, 'alice', 'corp-two'),
  ];
  expect(ok(await signInWith(server, other.code)).user).toMatchObject({ corpId: 'corp-two', userId: 'alice' });
  expect(ok(await signInWith(server, bob.code)).user).toMatchObject({ corpId: 'corp-one', userId: 'bob' });
  expect(ok(await signInWith(server, alice.code)).user).toMatchObject({ corpId: 'corp-one', userId: 'alice' });
});

test('a code that is wrong in one letter, or of another organization, creates no session', async () => {
  const { code } = await codeFor(server, 'alice');
  const text = String(code);
  for (const wrong of [`${text}x`, text.slice(0, -1), text.replace(/^1-/, '2-'), text.toUpperCase()]) {
    expect(refusal(await signInWith(server, wrong))).toEqual([401, 'huizhi.unauthorized']);
  }
});

test('a code expires after ten minutes', async () => {
  const dev = await testServer();
  const { advance, freeze } = world(dev);
  await freeze();
  const [early, late] = [await codeFor(dev, 'alice'), await codeFor(dev, 'alice')];
  await advance('599999ms');
  expect((await signInWith(dev, early.code)).status).toBe(200);
  await advance('1ms');
  expect(refusal(await signInWith(dev, late.code))).toEqual([401, 'huizhi.unauthorized']);
});

test('a code expires after the time that the operator sets, at most seven days', async () => {
  const dev = await testServer();
  const { advance, freeze } = world(dev);
  await freeze();
  const create = (validFor: number) => {
    const body = { corpId: 'corp-one', userId: 'alice', validFor };
    return dev.call('POST', '/console/v1/signInCodes', { body, headers: bearer(dev.adminToken) });
  };
  const week = 7 * 86_400_000;
  const [early, late] = [ok(await create(week)), ok(await create(week))];
  await advance(`${week - 1}ms`);
  ok(await signInWith(dev, early.code));
  await advance('1ms');
  expect(refusal(await signInWith(dev, late.code))).toEqual([401, 'huizhi.unauthorized']);
  for (const wrong of [0, 999, week + 1, 1.5]) expect(refusal(await create(wrong))).toEqual([400, 'huizhi.badRequest']);
});

test('only the operator can create codes', async () => {
  const { token } = ok(await signInWith(server, (await codeFor(server, 'bob')).code));
  const body = { corpId: 'corp-one', userId: 'alice' };
  for (const headers of [
    {},
    bearer('guess'),
    bearer(String(token)),
    bearer(await tokenOf()),
    { authorization: `Basic ${server.adminToken}` },
  ]) {
    const reply = await call('POST', '/console/v1/signInCodes', { body, headers: headers as Record<string, string> });
    expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
  }
  const cookie = { cookie: `huizhi_inbox_session=${token}` };
  expect((await call('POST', '/console/v1/signInCodes', { body, headers: cookie })).status).toBe(401);
});

test('a code can be created for an existing user only', async () => {
  const make = async (body: object) =>
    refusal(await call('POST', '/console/v1/signInCodes', { body, headers: bearer(server.adminToken) }));
  expect(await make({ corpId: 'corp-one', userId: 'nobody' })).toEqual([404, 'huizhi.notFound']);
  expect(await make({ corpId: 'nowhere', userId: 'alice' })).toEqual([404, 'huizhi.notFound']);
  for (const body of [{}, { corpId: 'corp-one' }, { corpId: 'corp-one', userId: 7 }, { corpId: '', userId: '' }]) {
    expect(await make(body)).toEqual([400, 'huizhi.badRequest']);
  }
});

test('app secrets and sign-in codes are in no file of the database', async () => {
  const folder = emptyFolder();
  const own = await startServer({ command: 'serve', database: join(folder, 'huizhi.db') });
  onTestFinished(() => own.stop());
  const { code } = await codeFor(own, 'alice');
  const there = world(own);
  const token = await there.tokenOf();
  const session = String(ok(await signInWith(own, (await codeFor(own, 'bob')).code)).token);
  const bytes = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');
  expect(bytes).toContain('Organization one');
  for (const secret of [...Object.values(appSecrets), String(code), token, session, own.adminToken])
    expect(bytes).not.toContain(secret);
});

test('the vendor’s calls work as they do in dev, and in the same order of checks', async () => {
  const token = await tokenOf();
  const large = ' '.repeat(1024 * 1024 + 1);
  const ask = async (path: string, headers: Record<string, string>, body: string) => {
    const [reply] = (await exchange(server.port, requestText(`POST ${path}`, headers, body), { count: 1 })).replies;
    return [reply?.status, reply?.body.code];
  };
  expect(await ask('/v1.0/nothing', {}, large)).toEqual([404, 'InvalidAction.NotFound']);
  expect(await ask(sendPath, {}, large)).toEqual([400, 'AuthenticationFailed.MissingParameter']);
  expect(await ask(sendPath, { [tokenHeader]: 'x' }, large)).toEqual([400, 'InvalidAuthentication']);
  expect(await ask(sendPath, { [tokenHeader]: token }, large)).toEqual([413, 'huizhi.tooLarge']);
  expect(await ask(sendPath, { [tokenHeader]: token }, '{')).toEqual([400, 'Invalidbody']);
  expect(await ask(sendPath, { [tokenHeader]: token }, JSON.stringify(hello))).toEqual([200, undefined]);
});

test('a call that is refused before its body is read does not affect the next one', async () => {
  const refused = requestText(`POST ${sendPath}`, {}, JSON.stringify(hello));
  const { replies } = await exchange(server.port, refused + requestText('GET /healthz', { connection: 'close' }));
  expect(replies[0]?.body.code).toBe('AuthenticationFailed.MissingParameter');
  for (const { status } of replies.slice(1)) expect(status).toBe(200);
});

const signIn = async (userId: string) =>
  String(ok(await signInWith(server, (await codeFor(server, userId)).code)).token);

test('the cookie of an earlier version is replaced by one for the paths of the inbox, and its session continues', async () => {
  const token = await signIn('alice');
  const moved = await call('GET', '/inbox/v1/sessions', { headers: { cookie: `huizhi_inbox=${token}` } });
  expect(ok(moved).user).toMatchObject({ userId: 'alice' });
  expect(moved.headers['set-cookie']).toEqual([
    'huizhi_inbox=; Max-Age=0; Path=/',
    `huizhi_inbox_session=${token}; Max-Age=2592000; Path=/inbox; HttpOnly; SameSite=Lax`,
  ]);
});

test('the cookie of an earlier version is deleted wherever it is sent, and never takes precedence', async () => {
  const [old, now] = [await signIn('alice'), await signIn('bob')];
  const both = await call('GET', '/inbox/v1/sessions', {
    headers: { cookie: `huizhi_inbox=${old}; huizhi_inbox_session=${now}` },
  });
  expect(ok(both).user).toMatchObject({ userId: 'bob' });
  expect(both.headers['set-cookie']).toEqual(['huizhi_inbox=; Max-Age=0; Path=/']);
  const forged = await call('GET', '/inbox/v1/messages', { headers: { cookie: 'huizhi_inbox=forged' } });
  expect([forged.status, forged.headers['set-cookie']]).toEqual([401, ['huizhi_inbox=; Max-Age=0; Path=/']]);
});

test('signing out with the cookie of an earlier version deletes both cookies', async () => {
  const token = await signIn('alice');
  const out = await call('DELETE', '/inbox/v1/sessions', { headers: { cookie: `huizhi_inbox=${token}` } });
  const last = new Map((out.headers['set-cookie'] ?? []).map((line) => [line.split('=')[0], line]));
  expect([...last.values()]).toEqual([
    'huizhi_inbox=; Max-Age=0; Path=/',
    'huizhi_inbox_session=; Max-Age=0; Path=/inbox',
  ]);
});
