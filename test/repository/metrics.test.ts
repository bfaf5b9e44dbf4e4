/** The table of metrics: each is used, and nothing else is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metrics } from '../../src/wire/metrics/table.ts';
import { root } from '../support/pages.ts';

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('wire/metrics/'))
  .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
  .join('\n');
const used = new Set([...sources.matchAll(/'(huizhi(?:_[a-z]+)+)'/g)].map(([, name]) => name));

test('every metric of the table is counted or read somewhere', () => {
  expect(Object.keys(metrics).filter((name) => !used.has(name))).toEqual([]);
});

test('every value of a closed label of a counter is written somewhere', () => {
  const isWritten = (value: string) => new RegExp(`['" ]${value}['"]|\\b${value}:`).test(sources);
  const dead = Object.entries(metrics).flatMap(([name, row]) =>
    Object.entries('labels' in row ? row.labels : {}).flatMap(
      ([label, values]: [string, string | readonly string[]]) =>
        typeof values === 'string'
          ? []
          : values.filter((value) => !isWritten(value)).map((value) => [name, label, value]),
    ),
  );
  expect(dead).toEqual([]);
});

test('no label can hold an organization, a robot, a user or an address', () => {
  const labels = Object.values(metrics).flatMap((row) => ('labels' in row ? Object.keys(row.labels) : []));
  expect(labels.filter((label) => /corp|user|robot|app|address|token|tenant/i.test(label))).toEqual([]);
});
