import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { Ask, Fields, Reply } from './harness.ts';
import { bearer, ok, tokenHeader, type World } from './world.ts';

export const webhookPath = '/robot/send';

/** A custom robot that a test has created. */
export type TestWebhook = {
  readonly robotCode: string;
  readonly openConversationId: string;
  readonly token: string;
  readonly secret: string;
};

/** The query with the signature of a time. */
export function sign(secret: string, timestamp: number | string): Readonly<Record<string, string>> {
  const text = `${timestamp}\n${secret}`;
  return { timestamp: String(timestamp), sign: createHmac('sha256', secret).update(text).digest('base64') };
}

/** A text message. */
export const textOf = (content: string, more: object = {}) => ({ msgtype: 'text', text: { content }, ...more });

/** Errcode and text of a response of a webhook, which has nothing else. */
export function errorOf({ status, text }: Reply): readonly [number, string] {
  expect(status).toBe(200);
  const { errcode, errmsg, ...rest } = JSON.parse(text) as { errcode: number; errmsg: string };
  expect(Object.keys(rest)).toEqual([]);
  return [errcode, errmsg];
}

/** What tests of custom robots do with a server. */
export function webhookWorld(there: World) {
  const { call, emulate, tokenOf } = there;
  const admin = { headers: bearer(there.server.adminToken) };
  return {
    ...there,
    /** Creates a custom robot, by default in a new group of all users of corp-one. */
    hook: async (given: object = {}) =>
      (await emulate('POST', 'customRobots', { corpId: 'corp-one', ...given })) as TestWebhook,
    /** Sends to a webhook; `more` replaces parts of the request. */
    post: ({ token }: Pick<TestWebhook, 'token'>, body: unknown = textOf('hello'), more: Ask = {}) => {
      const query = { access_token: token, ...(more.query as object) };
      return call('POST', webhookPath, { body, ...more, query });
    },
    manage: async (path: string, body: object, token?: string) =>
      call('POST', `/v1.0/robot/custom/${path}`, { body, headers: { [tokenHeader]: token ?? (await tokenOf()) } }),
    ask: (method: string, path: string, body?: unknown, query: Readonly<Record<string, string>> = {}) =>
      call(method, `/console/v1/customRobots${path}`, { ...admin, body, query: { corpId: 'corp-one', ...query } }),
    audit: async () => ok(await call('GET', '/console/v1/audit', admin)).entries as readonly Fields[],
    disband: async (openConversationId: string) =>
      ok(
        await call('POST', `/console/v1/groups/${encodeURIComponent(openConversationId)}/disband`, {
          ...admin,
          query: { corpId: 'corp-one' },
        }),
      ),
  };
}
