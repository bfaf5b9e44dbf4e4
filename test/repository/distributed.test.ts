import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations/index.ts';

const scripts = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1)).join('\n');
const namesOf = (pattern: RegExp) => [...scripts.matchAll(pattern)].map(([, name = '']) => name);

/** The tables of the schema after all migration steps. */
const tables = namesOf(/create table (\w+)/g).filter((name) => !namesOf(/drop table (\w+)/g).includes(name));

/** The tables with a role, in the order in which they are distributed. */
const tablesWith = (role: string) => Object.keys(migrations.roles).filter((name) => migrations.roles[name] === role);

/** The tables in a list of the page on scaling, by the start of the list. */
const page = readFileSync(join(import.meta.dirname, '../../docs/explanation/scaling.md'), 'utf8');
const [, section = ''] = /## A distributed engine, by organization\n([\s\S]*?)\n## /.exec(page) ?? [];
const lists = section.split('\n- ').slice(1);
const listed = (start: string) =>
  lists
    .filter((list) => list.startsWith(start))
    .flatMap((list) => [...(list.split('\n\n')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    .filter((name) => name !== 'corp_id');

test('each table has a role on a distributed engine', () => {
  expect(tables.length).toBeGreaterThan(45);
  expect(Object.keys(migrations.roles).sort()).toEqual([...tables].sort());
});

test('the page on scaling lists the tables by their role', () => {
  expect(listed('Distributed').sort()).toEqual(tablesWith('distributed').sort());
  expect(listed('Replicated').sort()).toEqual(tablesWith('reference').sort());
});

test('a unique index of a distributed table has the organization among its columns', () => {
  const indexes = [...scripts.matchAll(/create unique index (\w+) on (\w+) \(([^)]*)\)/g)];
  expect(indexes.length).toBeGreaterThan(10);
  const without = indexes.filter(([, , , columns = '']) => !columns.split(', ').includes('corp_id'));
  const found = without.map(([, , table = '']) => table);
  expect(found.filter((table) => migrations.roles[table] !== 'reference')).toEqual([]);
  const reason = 'Replicated to every node, because they are small and have a unique index without the organization';
  expect([...new Set(found)].sort()).toEqual(listed(reason).sort());
});

test('a migration script has no semicolon and no two hyphens in a text, so that it can be split into statements', () => {
  const texts = [...scripts.replaceAll(/--.*$/gm, '').matchAll(/'[^']*'/g)].map(([text]) => text);
  expect(texts.length).toBeGreaterThan(2);
  expect(texts.filter((text) => /;|--/.test(text))).toEqual([]);
});
