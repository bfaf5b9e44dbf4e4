import { expect, test } from 'vitest';
import type { RouteRequest } from '../server/route.ts';
import { createOldHostRoutes } from './old-host-call.ts';

test('a response has errcode and errmsg first, then the payload with sorted keys, then the request id', async () => {
  const [route] = createOldHostRoutes({
    methods: ['GET', 'POST'],
    path: '/topapi/x',
    permission: 'qyapi_base',
    parameters: { userid: { kind: 'text', required: true } },
    handler: (_, { userid }) => ({ result: { userid, list: [{ b: 1, a: [] }] }, has_more: false }),
  });
  const call = { method: 'GET', path: '/topapi/x', query: 'userid=u', requestId: 'R' };
  const text = await route?.handler({ call } as RouteRequest);
  expect(text).toBe(
    '{"errcode":0,"errmsg":"ok","has_more":false,"result":{"list":[{"a":[],"b":1}],"userid":"u"},"request_id":"R"}',
  );
});
