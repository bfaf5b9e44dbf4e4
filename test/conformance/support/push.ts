import { expect } from 'vitest';
import type { Setup } from '../../../src/config/setup.ts';
import { decryptPush, encryptPush, type PushKeys, signPush } from '../../../src/core/callbacks/encrypted.ts';
import type { DeliveriesAnswer } from '../../../src/wire/own/endpoints.ts';
import type { PushAnswer } from '../../../src/wire/own/push.ts';
import type { Server } from './harness.ts';
import { type Reaction, type Received, startReceiver } from './receiver.ts';
import { type AppKey, setup } from './setup.ts';
import { bearer, ok, world } from './world.ts';

export const token = 'token-of-push';
export const aesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
export const bothTypes = ['robot_msg_read', 'robot_msg_recall'] as const;

/** The apps of the setup. The events of app-one are pushed to an address where nothing listens. */
export const appsWithPush: Setup['apps'] = setup.apps.map((one) =>
  one.appKey === 'app-one'
    ? { ...one, push: { url: 'http://127.0.0.1:1/events', token, aesKey, types: bothTypes } }
    : one,
);

/** Decrypts a push after a check of its signature. */
function openPush(keys: PushKeys, { path, body }: Received): Record<string, unknown> {
  const query = new URL(path, 'http://receiver').searchParams;
  const { encrypt } = JSON.parse(body) as { readonly encrypt: string };
  const [timestamp, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
  expect(query.get('signature')).toBe(signPush(keys.token, { timestamp, nonce, encrypt }));
  expect(query.get('msg_signature')).toBe(query.get('signature'));
  return JSON.parse(decryptPush(keys, encrypt) ?? '') as Record<string, unknown>;
}

/** The answer of a receiver that hides a text. */
export function answerPush(keys: PushKeys, text = 'success'): Reaction {
  const [timeStamp, nonce] = ['1783610513000', 'aBcD1234'];
  const encrypt = encryptPush(keys, text, Buffer.alloc(16, 5));
  const msg_signature = signPush(keys.token, { timestamp: timeStamp, nonce, encrypt });
  return { body: JSON.stringify({ msg_signature, timeStamp, nonce, encrypt }) };
}

/** Calls for tests of pushes on a server. */
export function pushWorld(server: Server) {
  const there = world(server);
  const headers = bearer(server.adminToken);
  const ask = (method: string, path = '', body?: object, query = {}, appKey: AppKey = 'app-one') =>
    server.call(method, `/console/v1/apps/${appKey}/push${path}`, { headers, body, query });
  return {
    ...there,
    ask,
    /** Calls the old host. */
    old: async (method: string, name: string, body?: object, access_token?: string) => {
      const query = { access_token: access_token ?? (await there.tokenOf()) };
      return server.call(method, `/call_back/${name}`, { query, body });
    },
    state: async () => ok(await ask('GET')) as PushAnswer,
    deliveries: async (state?: string) =>
      (ok(await ask('GET', '/deliveries', undefined, state ? { state } : {})) as DeliveriesAnswer).deliveries,
    /** Sends a message that its recipients read. */
    read: async (body: object = {}, given?: string) => {
      const processQueryKey = await there.sent(body, given);
      await there.emulate('POST', 'reads', { processQueryKey });
      return processQueryKey;
    },
    audit: async () =>
      ok(await server.call('GET', '/console/v1/audit', { headers })).entries as readonly Record<string, unknown>[],
  };
}

/** Starts a receiver whose answers hide `success`, with the keys of an owner. */
export async function startPushReceiver(ownerKey = 'app-one', more: Partial<PushKeys> = {}) {
  const receiver = await startReceiver();
  const keys = { token, aesKey, ownerKey, ...more };
  receiver.react(answerPush(keys));
  return {
    ...receiver,
    keys,
    /** The next push, decrypted. */
    nextEvent: async () => openPush(keys, await receiver.next()),
    /** The pushes that have arrived, decrypted, without `check_url`. */
    events: () =>
      receiver.received.map((one) => openPush(keys, one)).filter(({ EventType }) => EventType !== 'check_url'),
  };
}
