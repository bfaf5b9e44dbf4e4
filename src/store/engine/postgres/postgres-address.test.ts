import { expect, test } from 'vitest';
import { parseAddress, redactDatabase, renderLocation, toClientOptions } from './postgres-address.ts';

const parts = (text: string) => {
  const { user, password, hosts, database } = parseAddress(text) ?? {};
  const places = hosts?.map(({ host, port }) => (port === undefined ? host : `${host} ${port}`));
  return [user, password, places?.join(' '), database];
};

test.each([
  ['postgres://u:p@h:5433/db', ['u', 'p', 'h 5433', 'db']],
  ['postgresql://u@h/db', ['u', undefined, 'h', 'db']],
  ['POSTGRES://h', [undefined, undefined, 'h', undefined]],
  ['postgres://u:p@h1:1,h2,h3:3/db?target_session_attrs=primary', ['u', 'p', 'h1 1 h2 h3 3', 'db']],
  ['postgres://u:p@[::1]:5432,[fe80::1]/db', ['u', 'p', '::1 5432 fe80::1', 'db']],
  ['postgres://u:p%40ss%2F%25@h/db', ['u', 'p@ss/%', 'h', 'db']],
  ['postgres://u:p@ss@h/db', ['u', 'p@ss', 'h', 'db']],
  ['postgres://u:@@@h/db', ['u', '@@', 'h', 'db']],
  ['postgres://u:p/s@h/db', ['u', 'p/s', 'h', 'db']],
  ['postgres://u:a@b/c@h1,h2/db?sslmode=require', ['u', 'a@b/c', 'h1 h2', 'db']],
  ['postgres://u:what?x@h/db', ['u', 'what?x', 'h', 'db']],
  ['postgres://u:50%@h/db', ['u', '50%', 'h', 'db']],
  ['postgres://u:p:q@h/db', ['u', 'p:q', 'h', 'db']],
  ['postgres://u:#1@h/db', ['u', '#1', 'h', 'db']],
  ['postgres://u:p@h/db?application_name=me@here', ['u', 'p', 'h', 'db']],
  ['postgres://u:p@/db?host=/var/run/postgresql&port=5433', ['u', 'p', '/var/run/postgresql 5433', 'db']],
  ['postgres://u:p@%2Fvar%2Frun/db', ['u', 'p', '/var/run', 'db']],
])('%s is parsed', (text, expected) => {
  expect(parts(text)).toEqual(expected);
});

test.each(['huizhi.db', ':memory:', 'mysql://u:p@h/db'])('%s is not an address of PostgreSQL', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  ['postgres://u:secret@h1:1,h2/db?sslmode=require', 'postgres://u:***@h1:1,h2/db?sslmode=require'],
  ['postgres://u:sec@ret@h/db', 'postgres://u:***@h/db'],
  ['postgres://u:sec/ret@h/db', 'postgres://u:***@h/db'],
  ['postgres://u:sec?ret@h/db', 'postgres://u:***@h/db'],
  ['postgres://:secret@h/db', 'postgres://:***@h/db'],
  ['postgres://u@h/db?password=secret', 'postgres://u@h/db?password=***'],
  ['postgres://u:secret@h/a/b', 'postgres://***'],
  ['postgres://h/db', 'postgres://h/db'],
  ['huizhi.db', 'huizhi.db'],
])('the password in %s is never shown', (text, shown) => {
  expect(redactDatabase(text)).toBe(shown);
  expect(renderLocation(text)).not.toMatch(/sec|ret/);
});

test.each([
  ['postgres://h1,h2/db', 'primary'],
  ['postgres://h1,h2/db?target_session_attrs=read-write', 'primary'],
  ['postgres://h1,h2/db?target_session_attrs=primary', 'primary'],
  ['postgres://h1,h2/db?target_session_attrs=standby', 'standby'],
  ['postgres://h1/db', null],
])('%s becomes target_session_attrs %s', (text, expected) => {
  const address = parseAddress(text);
  const url = new URL(address ? toClientOptions(address).url : '');
  expect(url.searchParams.get('target_session_attrs')).toBe(expected);
});
