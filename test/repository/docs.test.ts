import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientTexts } from '../../scripts/chinese/client.ts';
import { emulatorTexts } from '../../scripts/chinese/emulator.ts';
import { metricsTexts } from '../../scripts/chinese/metrics.ts';
import { defaultTexts, optionTexts } from '../../scripts/chinese/options.ts';
import { chineseExampleFile, chineseOptionsPage } from '../../scripts/chinese/options-page.ts';
import { setupTexts } from '../../scripts/chinese/setup.ts';
import { clientPage } from '../../scripts/client-page.ts';
import { chineseEmulatorPage, emulatorPage } from '../../scripts/emulator-page.ts';
import { httpFile } from '../../scripts/http-file.ts';
import { chineseHttpPage, httpPage } from '../../scripts/http-page.ts';
import { chineseMetricsPage, metricsPage } from '../../scripts/metrics-page.ts';
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
  ['docs/reference/http.md', httpPage],
  ['docs/reference/emulator.md', emulatorPage],
  ['docs/reference/metrics.md', metricsPage],
  ['docs/reference/huizhi.http', () => httpFile('rest-client')],
  ['docs/reference/huizhi.jetbrains.http', () => httpFile('jetbrains')],
  ['docs/zh/reference/http.md', chineseHttpPage],
  ['docs/zh/reference/emulator.md', chineseEmulatorPage],
  ['docs/zh/reference/metrics.md', chineseMetricsPage],
  ['docs/zh/reference/options.md', chineseOptionsPage],
  ['docs/zh/reference/huizhi.yaml', chineseExampleFile],
])('%s is generated from the code (UPDATE_DOCS=1 writes it)', (path, written) => {
  const file = new URL(`../../${path}`, import.meta.url);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, written());
  expect(readFileSync(file, 'utf8')).toBe(written());
});

test('there is no Chinese text of an option that does not exist', () => {
  const pages = `${chineseOptionsPage()}\n${chineseExampleFile().replaceAll(/\n[# ]+/g, '')}`;
  const texts = [optionTexts, defaultTexts, setupTexts].flatMap((each) => Object.values(each));
  expect(texts.filter((text) => !pages.includes(text))).toEqual([]);
});

test.each([
  ['client', clientPage, clientTexts],
  ['emulator', emulatorPage, emulatorTexts],
  ['metrics', metricsPage, metricsTexts],
])('every Chinese text of the reference of the %s belongs to an English one', (_, page, texts) => {
  const english = page().replaceAll(/\s*\n\s*(?:\*(?!\/) ?)?/g, ' ');
  expect(Object.keys(texts).filter((text) => !english.includes(text.replace(/\.$/, '')))).toEqual([]);
});
