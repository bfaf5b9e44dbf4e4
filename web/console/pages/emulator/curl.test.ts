import { expect, test } from 'vitest';
import type { RequestRecord } from '../../../../src/client/answers.ts';
import { curlOf } from './curl.ts';

const record = (changes: Partial<RequestRecord>) =>
  ({ method: 'GET', path: '/v1.0/a', query: {}, headers: {}, body: null, ...changes }) as RequestRecord;

/**
 * The arguments that a POSIX shell passes to curl. Outside of quotes only letters, digits and hyphens may be without a
 * backslash.
 */
function argumentsOf(line: string): readonly string[] {
  expect(line).toMatch(/^(?:[\w-]|'[^']*'|\\'| )*$/);
  const words = line.match(/(?:[\w-]|'[^']*'|\\')+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|\\(')/g, '$1$2')).slice(1);
}

const hostile = [`'; touch /tmp/x; '`, '$(id) `id` $HOME \\', '"\n\t!', "''", '用户 🎉'];

test.each(hostile)('a shell passes the body %j on as it is', (body) => {
  expect(argumentsOf(curlOf(record({ method: 'POST', body }), 'http://localhost'))).toEqual([
    ...['-X', 'POST', 'http://localhost/v1.0/a', '--data-raw', body],
  ]);
});

test.each(hostile)('a shell passes the header value %j on as it is', (value) => {
  const line = curlOf(record({ headers: { 'x-own': value } }), 'http://localhost');
  expect(argumentsOf(line)).toEqual(['http://localhost/v1.0/a', '-H', `x-own: ${value}`]);
});

test.each(hostile)('the query value %j is the same when a server has parsed it', (value) => {
  const [address = ''] = argumentsOf(curlOf(record({ query: { key: value } }), 'http://localhost'));
  expect(new URL(address).searchParams.get('key')).toBe(value);
});

test('members of a JSON body stay, and headers of one connection are left out', () => {
  const headers = { Host: 'a', 'Content-Length': '2', 'x-acs-dingtalk-access-token': 'token' };
  const line = curlOf(record({ method: 'POST', headers, body: { userIds: ["o'neil"] } }), 'http://localhost');
  expect(argumentsOf(line).slice(3)).toEqual([
    ...['-H', 'x-acs-dingtalk-access-token: token', '--data-raw', `{"userIds":["o'neil"]}`],
  ]);
});
