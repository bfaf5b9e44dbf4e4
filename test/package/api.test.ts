/** The public types of the package: a change of them is a change of a file that a review sees. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiReport, reports } from '../../scripts/api-report.ts';
import { root } from '../support/pages.ts';

test.each(Object.keys(reports))('etc/%s has the public types (UPDATE_DOCS=1 writes it)', (name) => {
  const path = join(root, 'etc', name);
  const report = apiReport(name);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(path, report);
  expect(readFileSync(path, 'utf8')).toBe(report);
});

test('each entry of the package has a report', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
  expect(entries.map((entry) => entry.replace(/^\./, 'huizhi'))).toEqual(
    expect.arrayContaining(Object.values(reports).map(({ entry }) => entry)),
  );
  expect(Object.keys(reports)).toHaveLength(entries.length);
});
