import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emulatorPage } from '../../scripts/emulator-page.ts';
import { httpPage } from '../../scripts/http-page.ts';
import { metricsPage } from '../../scripts/metrics-page.ts';
import { type ErrorCode, errors } from '../../src/wire/errors.ts';

const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');

type Documented = { readonly layer: string; readonly anchor: string; readonly code: string; readonly cells: string[] };

/** The rows of the tables of codes, each with its section. */
const documented: readonly Documented[] = page.split(/^## /m).flatMap((section) => {
  const layer = section.slice(0, section.indexOf('\n')).toLowerCase();
  return [...section.matchAll(/^\| <a id="([^"]+)"><\/a>`([^`]+)` \| (.+) \|$/gm)].map(([, anchor, code, rest]) => ({
    layer,
    anchor: anchor ?? '',
    code: code ?? '',
    cells: (rest ?? '').split(' | '),
  }));
});

test('every code of the error table is documented once, and every documented code is in the table', () => {
  expect(documented.map(({ code }) => code).toSorted()).toEqual(Object.keys(errors).toSorted());
});

test.each(documented)('$code stands under its layer with its status, when it happens and what to do', (row) => {
  const { layer, status } = errors[row.code as ErrorCode];
  const [documentedStatus, when, remedy, ...more] = row.cells;
  expect([row.layer, documentedStatus]).toEqual([layer, String(status)]);
  expect(when).toMatch(/^\S.*\.\)?$/);
  expect(remedy).toMatch(/^\S.*\.$/);
  expect(more).toEqual([]);
});

test('the anchor of every code exists, and only once', () => {
  const anchors = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, anchor]) => anchor);
  expect(anchors.toSorted()).toEqual(
    Object.values(errors)
      .map((row) => row.doc)
      .toSorted(),
  );
});

test.each([
  ['http.md', httpPage],
  ['emulator.md', emulatorPage],
  ['metrics.md', metricsPage],
])('docs/reference/%s is generated from the code (UPDATE_DOCS=1 writes it)', (name, written) => {
  const file = new URL(`../../docs/reference/${name}`, import.meta.url);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, written());
  expect(readFileSync(file, 'utf8')).toBe(written());
});
