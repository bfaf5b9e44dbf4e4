import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { follow } from '../conformance/support/stream.ts';
import { badMessages, errorOf, sign, textOf, webhookPath, webhookWorld } from '../conformance/support/webhooks.ts';
import { ok, world } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two emulators on one database. */
async function startTwo() {
  const [one, other] = await startTwoOn(postgres, (server) => webhookWorld(world(server)));
  return { one, other };
}

test('a webhook works at the other process at once, and its message is pushed to an open inbox there', async () => {
  const { one, other } = await startTwo();
  const live = await follow(other.server, await other.signIn('alice'));
  const made = await one.hook({ name: 'Alarm', sign: true });
  const query = sign(made.secret, await one.freeze());
  expect(errorOf(await other.post(made, textOf('from the other'), { query }))[0]).toBe(0);
  expect(errorOf(await one.post(made, textOf('from the one'), { query }))[0]).toBe(0);
  const data = { robotCode: made.robotCode, robotName: 'Alarm', msgKey: 'webhookText' };
  expect(await live.next()).toMatchObject({ event: 'message', data });
  expect(await live.next()).toMatchObject({ event: 'message', data });
});

test('the limit of a minute and a msgUuid hold over both processes', async () => {
  const { one, other } = await startTwo();
  const made = await one.hook();
  await one.freeze();
  const same = Array.from({ length: 6 }, (_, i) => (i % 2 ? one : other).post(made, textOf('x', { msgUuid: 'u' })));
  for (const reply of await Promise.all(same)) expect(errorOf(reply)[0]).toBe(0);
  const codes = (await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? one : other).post(made)))).map(
    (reply) => errorOf(reply)[0],
  );
  expect(codes.filter((code) => code === 0)).toHaveLength(19);
  expect(codes.filter((code) => code === 660026)).toHaveLength(11);
  await one.advance('10m');
  expect(errorOf(await other.post(made))[0]).toBe(0);
  const session = await one.signIn('alice');
  const query = { robotCode: made.robotCode, limit: '100' };
  await expect.poll(async () => (await one.inboxOf(session, query)).messages.length).toBe(21);
});

test('a replaced token, a disabled and a deleted robot take effect at the other process at once', async () => {
  const { one, other } = await startTwo();
  const made = await one.hook();
  expect(errorOf(await other.post(made))[0]).toBe(0);
  const { token } = ok(await one.ask('POST', `/${made.robotCode}/token`)) as { token: string };
  expect(errorOf(await other.post(made))[0]).toBe(300005);
  expect(errorOf(await other.post({ token }))[0]).toBe(0);
  ok(await other.ask('PUT', `/${made.robotCode}`, { disabled: true }));
  expect(errorOf(await one.post({ token }))[0]).toBe(400102);
  ok(await one.manage('enable', { token, actionType: '1', sendNotification: false }));
  expect(errorOf(await other.post({ token }))[0]).toBe(0);
  ok(await other.ask('DELETE', `/${made.robotCode}`));
  expect(errorOf(await one.post({ token }))[0]).toBe(300005);
});

test('both processes refuse bad messages with the same errors, and send none of them', async () => {
  const { one, other } = await startTwo();
  const made = await one.hook();
  const query = { access_token: made.token };
  for (const [what, body, more, error] of badMessages) {
    for (const { call } of [one, other]) {
      expect([what, errorOf(await call('POST', webhookPath, { body, query, ...more }))]).toEqual([what, error]);
    }
  }
  expect((await other.inboxOf(await other.signIn('alice'), { robotCode: made.robotCode })).messages).toEqual([]);
});
