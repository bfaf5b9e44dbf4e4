import { expect, test } from 'vitest';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import type { Call } from '../server/call.ts';
import { readFormField, readParameters } from './parameters.ts';

const form = 'application/x-www-form-urlencoded;charset=UTF-8';
const table = {
  agent_id: { kind: 'number', required: true },
  userid_list: { kind: 'list' },
  to_all_user: { kind: 'boolean' },
  msg: { kind: 'object' },
  name: { kind: 'text' },
} as const;

function createCall(body: string, more: { method?: string; query?: string; type?: string } = {}): Call {
  const { method = 'POST', query = '', type = 'application/json' } = more;
  return {
    method,
    path: '/topapi/x',
    query,
    requestId: 'R',
    address: '127.0.0.1',
    header: (name) => (name === 'content-type' ? type : undefined),
    headers: () => ({}),
    body: () => body,
  };
}

const expected = { agent_id: 2_300_000_000, userid_list: ['a', 'b'], to_all_user: false, msg: { x: 1 }, name: 'n' };

test.each([
  [
    'JSON with typed values',
    createCall('{"agent_id":2300000000,"userid_list":["a","b"],"to_all_user":false,"msg":{"x":1},"name":"n"}'),
  ],
  [
    'JSON with every value as a string',
    createCall('{"agent_id":"2300000000","userid_list":"a,b","to_all_user":"false","msg":"{\\"x\\":1}","name":"n"}'),
  ],
  [
    'a form',
    createCall('agent_id=2300000000&userid_list=a%2C+b&to_all_user=false&msg=%7B%22x%22%3A1%7D&name=n', { type: form }),
  ],
  [
    'the query of a GET',
    createCall('', {
      method: 'GET',
      query: 'agent_id=2300000000&userid_list=%5B%22a%22%2C%22b%22%5D&to_all_user=false&msg=%7B%22x%22%3A1%7D&name=n',
      type: form,
    }),
  ],
  [
    'JSON and query together',
    createCall('{"userid_list":["a","b"],"msg":{"x":1},"name":"n"}', {
      query: 'agent_id=2300000000&to_all_user=false',
    }),
  ],
  [
    'JSON whose object is JSON text of JSON text, without a content type',
    createCall(
      '{"agent_id":2300000000,"userid_list":"a,b","to_all_user":false,"msg":"\\"{\\\\\\"x\\\\\\":1}\\"","name":"n"}',
      { type: '' },
    ),
  ],
])('parameters are read from %s', async (_, call) => {
  expect(await readParameters(call, table)).toEqual(expected);
});

test('the body wins over the query, and unknown parameters are ignored', async () => {
  const call = createCall('{"agent_id":2,"other":{}}', { query: 'agent_id=1&more=x' });
  expect(await readParameters(call, table)).toEqual({
    agent_id: 2,
    userid_list: undefined,
    to_all_user: undefined,
    msg: undefined,
    name: undefined,
  });
});

test.each([
  ['{}', 40, 'Missing required arguments:agent_id'],
  ['', 40, 'Missing required arguments:agent_id'],
  ['{"agent_id":null}', 40, 'Missing required arguments:agent_id'],
  ['{"agent_id":"x"}', 41, 'Invalid arguments:agent_id'],
  ['{"agent_id":1.5}', 41, 'Invalid arguments:agent_id'],
  ['{"agent_id":99999999999999999999}', 41, 'Invalid arguments:agent_id'],
  ['{"agent_id":1,"to_all_user":"False"}', 41, 'Invalid arguments:to_all_user'],
  ['{"agent_id":1,"userid_list":[{}]}', 41, 'Invalid arguments:userid_list'],
  ['{"agent_id":1,"msg":"no JSON"}', 41, 'Invalid arguments:msg'],
  ['{"agent_id":1,"msg":[1]}', 41, 'Invalid arguments:msg'],
  [`{"agent_id":1,"msg":"${'['.repeat(100)}"}`, 41, 'Invalid arguments:msg'],
  ['{"agent_id":1,"name":"a\\u0000b"}', 41, 'Invalid arguments:name'],
  ['{"agent_id":1,"name":"\\ud800"}', 41, 'Invalid arguments:name'],
  ['{"agent_id":1,"name":["a","b"]}', 41, 'Invalid arguments:name'],
])('%s is refused with errcode %i', async (body, errcode, text) => {
  const error = await readParameters(createCall(body), table).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OldHostError);
  expect(error).toMatchObject({ errcode, text });
});

test('a parameter given twice is refused, unless it is a list', async () => {
  const twice = createCall('agent_id=1&agent_id=1', { type: form });
  await expect(readParameters(twice, table)).rejects.toMatchObject({ errcode: 41 });
  const list = createCall('agent_id=1&userid_list=a&userid_list=b', { type: form });
  expect((await readParameters(list, table)).userid_list).toEqual(['a', 'b']);
});

test('a name that is repeated a hundred thousand times is read in linear time', async () => {
  const body = `agent_id=1&${'userid_list=a&'.repeat(100_000)}`;
  expect((await readParameters(createCall(body, { type: form }), table)).userid_list).toHaveLength(100_000);
  expect(await readFormField(createCall('a&'.repeat(100_000), { type: form }), 'access_token')).toBeUndefined();
});

test.each(['name=%zz', '%'])('a broken percent escape is refused with errcode 40035 (%s)', async (body) => {
  await expect(readParameters(createCall(body, { type: form }), table)).rejects.toMatchObject({ errcode: 40035 });
});

test('a field of a form is read only if the body is a form', async () => {
  expect(await readFormField(createCall('a=b&access_token=t', { type: form }), 'access_token')).toBe('t');
  expect(await readFormField(createCall('{"access_token":"t"}'), 'access_token')).toBeUndefined();
});
