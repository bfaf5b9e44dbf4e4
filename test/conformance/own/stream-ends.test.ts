import { get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type Reply, type Server, testServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

/** A console session: the cookie, and the headers of a change. */
async function openConsole({ call, adminToken }: Server) {
  const reply: Reply = await call('POST', '/console/v1/sessions', { body: { adminToken } });
  const cookie = String(reply.headers['set-cookie']?.[0]?.split(';')[0]);
  return { cookie, change: { cookie, 'x-csrf-token': String(ok(reply).csrfToken) } };
}

const followConsole = (server: Server, cookie: string) =>
  follow(server, '', '?corpId=corp-one', { authorization: undefined, cookie }, '/console/v1/events');

test('signing out closes the streams of that session immediately, and no others', async () => {
  const server = await testServer();
  const { signIn, sent } = world(server);
  const [mine, other, bobs] = [await signIn('alice'), await signIn('alice'), await signIn('bob')];
  const leaving = await follow(server, mine);
  const staying = await Promise.all([follow(server, other), follow(server, bobs)]);
  ok(await server.call('DELETE', '/inbox/v1/sessions', { headers: bearer(mine) }));
  expect(await leaving.next()).toBeUndefined();
  expect((await follow(server, mine)).status).toBe(401);
  await sent({ userIds: ['alice', 'bob'] });
  for (const stream of staying) expect(await stream.next()).toMatchObject({ event: 'message' });
});

test('removing a user closes all their streams immediately, and none of a colleague', async () => {
  const server = await testServer();
  const { signIn, sent } = world(server);
  const streams = [await follow(server, await signIn('alice')), await follow(server, await signIn('alice'))];
  const colleague = await follow(server, await signIn('bob'));
  const headers = bearer(server.adminToken);
  ok(await server.call('DELETE', '/console/v1/users/alice', { query: 'corpId=corp-one', headers }));
  for (const stream of streams) expect(await stream.next()).toBeUndefined();
  await sent({ userIds: ['bob'] });
  expect(await colleague.next()).toMatchObject({ event: 'message' });
});

test('a user who was removed and added again has to sign in again: earlier sessions and codes are invalid', async () => {
  const server = await testServer();
  const { signIn } = world(server);
  const session = await signIn('alice');
  const headers = bearer(server.adminToken);
  const person = { corpId: 'corp-one', userId: 'alice' };
  const { code } = ok(await server.call('POST', '/console/v1/signInCodes', { headers, body: person }));
  ok(await server.call('DELETE', '/console/v1/users/alice', { query: 'corpId=corp-one', headers }));
  expect(refusal(await server.call('POST', '/inbox/v1/sessions', { body: { code } }))[0]).toBe(401);
  ok(await server.call('POST', '/console/v1/users', { headers, body: { ...person, name: 'Alice' } }));
  expect(refusal(await server.call('GET', '/inbox/v1/messages', { headers: bearer(session) }))[0]).toBe(401);
  expect(refusal(await server.call('POST', '/inbox/v1/sessions', { body: { code } }))[0]).toBe(401);
  expect(await signIn('alice')).not.toBe(session);
});

test('a stream is closed when its session expires', async () => {
  const server = await testServer();
  const { signIn, freeze, advance } = world(server);
  await freeze();
  const inbox = await follow(server, await signIn('alice'));
  const console = await followConsole(server, (await openConsole(server)).cookie);
  await advance('12h');
  expect(await console.next()).toBeUndefined();
  await advance('30d');
  expect(await inbox.next()).toBeUndefined();
});

test('an operator’s sign-out closes the streams of that session immediately, and no others', async () => {
  const server = await testServer();
  const [mine, other] = [await openConsole(server), await openConsole(server)];
  const leaving = await followConsole(server, mine.cookie);
  const staying = await followConsole(server, other.cookie);
  ok(await server.call('DELETE', '/console/v1/sessions/current', { headers: mine.change }));
  expect(await leaving.next()).toBeUndefined();
  await world(server).sent();
  expect(await staying.next()).toMatchObject({ event: 'sent' });
});

test('a person who opens more and more streams keeps the newest 32, and others lose none', async () => {
  const server = await testServer();
  const { signIn, sent } = world(server);
  const [alice, bob] = [await signIn('alice'), await signIn('bob')];
  const bobs = await follow(server, bob);
  const streams = [];
  for (let i = 0; i < 34; i++) streams.push(await follow(server, alice));
  for (const stream of streams.slice(0, 2)) expect(await stream.next()).toBeUndefined();
  await sent({ userIds: ['alice', 'bob'] });
  for (const stream of [...streams.slice(2), bobs]) expect(await stream.next()).toMatchObject({ event: 'message' });
});

test('a stream whose client does not read is disconnected when it has to end', async () => {
  const server = await testServer();
  const { signIn, sent } = world(server);
  const msgParam = JSON.stringify({ content: 'x'.repeat(14_000) });
  await Promise.all(Array.from({ length: 1000 }, () => sent({ userIds: ['alice'], msgParam })));
  const alice = await signIn('alice');
  const stalled = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = bearer(alice);
    const request = get(`${server.url}/inbox/v1/events?since=0`, { headers }, resolve).on('error', reject);
    onTestFinished(() => void request.destroy());
  });
  for (let i = 0; i < 32; i++) await follow(server, alice);
  const ended = new Promise<boolean>((resolve) => {
    stalled.on('end', () => resolve(true)).on('error', () => resolve(false));
  });
  stalled.resume();
  expect(await ended).toBe(false);
});
