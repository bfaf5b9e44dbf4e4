import type { Fields } from './harness.ts';
import { bearer, ok, tokenHeader, type World } from './world.ts';

/** Calls for tests of DINGs on a server. */
export function dingWorld(there: World) {
  const { call, tokenOf } = there;
  const ask = async (path: string, body: object, token?: string, extra: Readonly<Record<string, string>> = {}) =>
    call('POST', `/v1.0/robot/${path}`, { body, headers: { [tokenHeader]: token ?? (await tokenOf()), ...extra } });
  const base = { robotCode: 'robot-one', remindType: 1, receiverUserIdList: ['alice'], content: 'Disk full' };
  const ding = (body: object = {}, token?: string, extra?: Readonly<Record<string, string>>) =>
    ask('ding/send', { ...base, ...body }, token, extra);
  return {
    ...there,
    ask,
    ding,
    /** Sends a DING, and returns its openDingId. */
    dinged: async (body: object = {}, token?: string) => String(ok(await ding(body, token)).openDingId),
    recallDing: (openDingId: unknown, body: object = {}) =>
      ask('ding/recall', { robotCode: 'robot-one', openDingId, ...body }),
    statuses: (openDingId: unknown, body: object = {}) =>
      ask('ding/readStatuses/query', { robotCode: 'robot-one', openDingId, ...body }),
    open: async (session: string, query: Readonly<Record<string, string>> = {}) =>
      ok(await call('GET', '/inbox/v1/dings', { query, headers: bearer(session) })) as {
        dings: (Fields & { dingId: string })[];
        cursor: string | null;
      },
    readDings: (session: string, ...dingIds: string[]) =>
      call('POST', '/inbox/v1/dings/read', { body: { dingIds }, headers: bearer(session) }),
    outbox: async (query: Readonly<Record<string, string>>) => {
      const headers = bearer(there.server.adminToken);
      const found = await call('GET', '/console/v1/dings', { query: { corpId: 'corp-one', ...query }, headers });
      return ok(found) as { deliveries: Fields[]; cursor: string | null };
    },
  };
}

/** The list in an answer of `ding/readStatuses/query`. */
export const readListOf = (fields: Fields) =>
  (fields.result as { robotDingReadInfoList: Fields[] }).robotDingReadInfoList;
