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

/** Calls for tests of custom robots on a server. */
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

const json = { 'content-type': 'application/json' };
const long = textOf('x'.repeat(19_990));

/** Messages that are refused: what is wrong, the body, what else the request has, and the error. */
export const badMessages: readonly (readonly [string, unknown, Ask, readonly [number, string]])[] = [
  [
    'another content type',
    'msgtype=text',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    [43004, '无效的HTTP HEADER Content-Type'],
  ],
  ['a body that is not JSON', '{', { headers: json }, [40035, '缺少参数 json']],
  ['an empty body', '', { headers: json }, [40035, '缺少参数 json']],
  ['a list', '[]', { headers: json }, [40035, '缺少参数 json']],
  ['no msgtype', {}, {}, [400105, '不支持的消息类型']],
  ['an unknown msgtype', { msgtype: 'oa', oa: {} }, {}, [400105, '不支持的消息类型']],
  ['a msgtype of every object', { msgtype: 'toString' }, {}, [400105, '不支持的消息类型']],
  ['a missing object', { msgtype: 'text' }, {}, [40035, '缺少参数 text']],
  ['an object of another type', { msgtype: 'markdown', markdown: [] }, {}, [40035, '缺少参数 markdown']],
  ['a blank text', textOf('  '), {}, [40035, '缺少参数 content']],
  ['a text of NUL characters', textOf('\0\0'), {}, [40035, '缺少参数 content']],
  ['a link without address', { msgtype: 'link', link: { title: 'T', text: 'x' } }, {}, [40035, '缺少参数 messageUrl']],
  [
    'a card without buttons',
    { msgtype: 'actionCard', actionCard: { title: 'T', text: 'x', btns: [] } },
    {},
    [40035, '缺少参数 btns'],
  ],
  [
    'a single button without address',
    { msgtype: 'actionCard', actionCard: { title: 'T', text: 'x', singleTitle: 'a' } },
    {},
    [40035, '缺少参数 singleURL'],
  ],
  ['a feed of no objects', { msgtype: 'feedCard', feedCard: { links: [1] } }, {}, [40035, '缺少参数 links']],
  [
    'too many mentions',
    textOf('x', { at: { atUserIds: Array.from({ length: 51 }, (_, i) => `u${i}`) } }),
    {},
    [40035, '不合法的参数'],
  ],
  [
    'a body of more than 20,000 bytes',
    long,
    {},
    [460101, '错误描述: body 大小不合法;解决方案:请保持大小在 20000bytes 以内。'],
  ],
  ['a msgUuid that is too long', textOf('x', { msgUuid: 'x'.repeat(256) }), {}, [40035, '不合法的参数']],
  ['a parameter that is given twice', textOf('x'), { query: 'access_token=a&access_token=b' }, [40035, '不合法的参数']],
  ['a broken percent escape', textOf('x'), { query: 'access_token=%zz' }, [40035, '不合法的参数']],
  ['no token', textOf('x'), { query: '' }, [40035, '缺少参数 access_token']],
  ['an empty token', textOf('x'), { query: 'access_token=' }, [40035, '缺少参数 access_token']],
  ['an unknown token', textOf('x'), { query: { access_token: 'a'.repeat(64) } }, [300005, 'token is not exist']],
];
