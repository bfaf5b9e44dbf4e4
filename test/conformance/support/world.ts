import { expect } from 'vitest';
import type { InboxMessagesAnswer } from '../../../src/wire/own/inbox.ts';
import type { ReadStatusAnswer } from '../../../src/wire/vendor/robot.ts';
import type { Fields, Reply, Server } from './harness.ts';
import { type AppKey, appSecrets } from './setup.ts';

export const tokenHeader = 'x-acs-dingtalk-access-token';
export const sendPath = '/v1.0/robot/oToMessages/batchSend';
export const statusPath = '/v1.0/robot/oToMessages/readStatus';
export const recallPath = '/v1.0/robot/otoMessages/batchRecall';

export const suiteRobot = 'robot-suite';

/** A text message of robot-one to alice, as the body of a send. */
export const hello = {
  robotCode: 'robot-one',
  userIds: ['alice'],
  msgKey: 'sampleText',
  msgParam: '{"content":"hello"}',
} as const;

/** Calls that the people of this suite make to a server. If a call must succeed, that is checked here. */
export function world(server: Server) {
  const { call } = server;

  // Requested each time, because tests move the clock; within its validity it is the same token.
  const tokenOf = async (appKey: AppKey = 'app-one'): Promise<string> => {
    const body = { appKey, appSecret: appSecrets[appKey] };
    return text(ok(await call('POST', '/v1.0/oauth2/accessToken', { body })), 'accessToken');
  };
  const suiteToken = async (corpId: string, appKey: AppKey = 'suite'): Promise<string> => {
    const body = { client_id: appKey, client_secret: appSecrets[appKey], grant_type: 'client_credentials' };
    return text(ok(await call('POST', `/v1.0/oauth2/${corpId}/token`, { body })), 'access_token');
  };
  const headers = async (given?: string) => ({ [tokenHeader]: given ?? (await tokenOf()) });
  const send = async (body: object = {}, given?: string, extra: Readonly<Record<string, string>> = {}) =>
    call('POST', sendPath, { body: { ...hello, ...body }, headers: { ...(await headers(given)), ...extra } });
  const status = async (query: Readonly<Record<string, string>> | string, given?: string) =>
    call('GET', statusPath, { query, headers: await headers(given) });
  const recall = async (body: object, given?: string) =>
    call('POST', recallPath, { body: { robotCode: 'robot-one', ...body }, headers: await headers(given) });
  const emulate = async (method: string, path: string, body?: unknown): Promise<Fields> =>
    ok(await call(method, `/emulator/v1/${path}`, { body }));
  const inboxOf = async (session: string, query: Readonly<Record<string, string>> = {}) =>
    ok(await call('GET', '/inbox/v1/messages', { query, headers: bearer(session) })) as InboxMessagesAnswer;

  return {
    server,
    call,
    suiteToken,
    tokenOf,
    send,
    status,
    recall,
    emulate,
    inboxOf,
    /** Sends, and returns the processQueryKey. */
    sent: async (body: object = {}, given?: string) => text(ok(await send(body, given)), 'processQueryKey'),
    /** The receipt of a key, by default of robot-one. */
    receipt: async (processQueryKey: string, robotCode = 'robot-one', given?: string) =>
      ok(await status({ robotCode, processQueryKey }, given)) as ReadStatusAnswer,
    signIn: async (userId: string, corpId = 'corp-one') =>
      text(ok(await call('POST', '/inbox/v1/sessions', { body: { corpId, userId } })), 'token'),
    markRead: async (session: string, ...messageIds: string[]) =>
      ok(await call('POST', '/inbox/v1/messages/read', { body: { messageIds }, headers: bearer(session) })).read,
    /** Marks messages read in a manner; returns the complete reply. */
    markAs: async (session: string, manner: unknown, ...messageIds: string[]) =>
      call('POST', '/inbox/v1/messages/read', { body: { messageIds, manner }, headers: bearer(session) }),
    /** Freezes the clock, at a time if one is given; returns the time. */
    freeze: async (time?: number): Promise<number> => {
      const { now } = await emulate('POST', 'clock', { freeze: true });
      if (time === undefined) return Number(now);
      return Number((await emulate('POST', 'clock', { set: time })).now);
    },
    advance: async (duration: string): Promise<number> =>
      Number((await emulate('POST', 'clock', { advance: duration })).now),
    /** The cause of the newest error. */
    lastCause: async (): Promise<Fields | undefined> => {
      const { requests } = (await emulate('GET', 'requests?limit=1000')) as { requests: { error?: Fields }[] };
      return requests.findLast(({ error }) => error !== undefined)?.error;
    },
  };
}

export type World = ReturnType<typeof world>;

export function bearer(session: string): { readonly authorization: string } {
  return { authorization: `Bearer ${session}` };
}

/** Returns the body of a reply that must be 200. */
export function ok(reply: Reply): Fields {
  expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
  return reply.body;
}

/** Status and code of an error. */
export function refusal({ status, body }: Reply): readonly [number, unknown] {
  return [status, body.code];
}

function text(body: Fields, field: string): string {
  const value = body[field];
  if (typeof value !== 'string') throw new TypeError(`${field} is no text in ${JSON.stringify(body)}`);
  return value;
}
