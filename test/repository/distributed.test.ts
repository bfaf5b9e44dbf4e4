import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations/index.ts';

const scripts = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1)).join('\n');
const namesOf = (pattern: RegExp) => [...scripts.matchAll(pattern)].map(([, name = '']) => name);

/** The tables of the schema after all migration steps. */
const tables = namesOf(/create table (\w+)/g).filter((name) => !namesOf(/drop table (\w+)/g).includes(name));

/** The roles of tables on a distributed engine, as the page on scaling lists them: the tables by the start of a list. */
const page = readFileSync(join(import.meta.dirname, '../../docs/explanation/scaling.md'), 'utf8');
const [, section = ''] = /## A distributed engine, by organization\n([\s\S]*?)\n## /.exec(page) ?? [];
const lists = section.split('\n- ').slice(1);
const listed = (role: string) =>
  lists
    .filter((list) => list.startsWith(role))
    .flatMap((list) => [...(list.split('\n\n')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    .filter((name) => name !== 'corp_id');

test('each table has one role on a distributed engine', () => {
  const all = [...listed('Distributed'), ...listed('Replicated')];
  expect(tables.length).toBeGreaterThan(45);
  expect(all.sort()).toEqual([...tables].sort());
});

test('a unique index of a distributed table has the organization among its columns', () => {
  const indexes = [...scripts.matchAll(/create unique index (\w+) on (\w+) \(([^)]*)\)/g)];
  expect(indexes.length).toBeGreaterThan(10);
  const without = indexes.filter(([, , , columns = '']) => !columns.split(', ').includes('corp_id'));
  const found = without.map(([, , table = '']) => table);
  expect(found.filter((table) => !listed('Replicated').includes(table))).toEqual([]);
  const reason = 'Replicated to every node, because they are small and have a unique index without the organization';
  expect([...new Set(found)].sort()).toEqual(listed(reason).sort());
});
