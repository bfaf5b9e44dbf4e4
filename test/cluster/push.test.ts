import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { aesKey, bothTypes, pushWorld, startPushReceiver, token } from '../conformance/support/push.ts';
import { ok } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

test('an app gets the events of both processes once, and the other takes over when one ends', async () => {
  const [one, other] = await startTwoOn(postgres, pushWorld);
  const receiver = await startPushReceiver('corp-one');
  const registration = { call_back_tag: bothTypes, token, aes_key: aesKey, url: receiver.url };
  expect((await one.old('POST', 'register_call_back', registration)).body).toMatchObject({ errcode: 0 });
  expect((await other.old('POST', 'register_call_back', registration)).body).toMatchObject({ errcode: 71006 });
  expect((await other.old('GET', 'get_call_back')).body).toMatchObject({ url: receiver.url, token });
  const readers = ['alice', 'bob', 'carol', 'u01'];
  await Promise.all(readers.map((userId, i) => (i % 2 ? one : other).read({ userIds: [userId] })));
  const arrived = (count: number) => expect.poll(() => receiver.events().length, { timeout: 10_000 }).toBe(count);
  await arrived(readers.length);
  expect(
    receiver
      .events()
      .map(({ UserId }) => UserId)
      .toSorted(),
  ).toEqual(readers.toSorted());
  receiver.react({ status: 500 });
  await one.read({ userIds: ['u02'] });
  await arrived(readers.length + 1);
  await one.emulate('POST', 'clock', { advance: '1ms' });
  await one.server.stop();
  const next = await startPushReceiver('corp-one');
  expect((await other.old('POST', 'update_call_back', { ...registration, url: next.url })).body.errcode).toBe(0);
  await other.read({ userIds: ['u03'] });
  await other.advance('10s');
  await expect.poll(() => next.events().length, { timeout: 10_000 }).toBe(2);
  expect(
    next
      .events()
      .map(({ UserId }) => UserId)
      .toSorted(),
  ).toEqual(['u02', 'u03']);
  ok(await other.ask('DELETE'));
});
