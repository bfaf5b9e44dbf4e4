import { expect, test } from 'vitest';
import { migrations } from './migrations/index.ts';

const scripts = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1)).join('\n');

test('every table begins with the tenant, and so does its primary key', () => {
  const tables = [...scripts.matchAll(/create table (\w+) \(\s*([^;]*)/g)];
  expect(tables.length).toBeGreaterThan(20);
  for (const [, name, body = ''] of tables) {
    expect([name, body.startsWith('corp_id bigint not null,'), /primary key \(corp_id\b/.test(body)]).toEqual([
      name,
      true,
      true,
    ]);
  }
});
