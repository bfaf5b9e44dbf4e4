import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = globSync('src/store/**/*.ts', { cwd: root }).filter((path) => !/\.(?:test|contract)\.ts$/.test(path));

/** The names of the statements that a file declares, as they are in errors, logs and the tests of query plans. */
function namesIn(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/\b(?:sql\w*|createInsert)(?:<[^()]*>)?\(\s*'(\w+)'/g)].flatMap(([, name]) => name ?? []);
}

test('each SQL statement has a name of its own', () => {
  const names = files.flatMap(namesIn);
  expect(names.length).toBeGreaterThan(300);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
