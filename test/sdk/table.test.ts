import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { languages } from './languages.ts';
import { table } from './node/story.ts';
import { isFor } from './only.ts';

const documented = [
  'invalidParameter.robotCode.missing',
  'invalidParameter.robotCode.empty',
  'invalidParameter.processQueryKey.missing',
  'invalidParameter.param.invalid',
  'invalidParameter.robotCode.notExsit',
  'invalidParameter.robotCode.invalid',
  'invalid.processQueryKey',
  'processQueryKey.expireTime',
  'template.not.existed',
  'template.stopped',
  'unknown.send.result',
  'system.error',
];

const steps = table.cases.filter(({ mustFail }) => !mustFail).flatMap((each) => each.steps);
const own = steps.flatMap((step) => (typeof step === 'string' ? [] : [step]));

test('the table causes each of the twelve documented errors of readStatus', () => {
  const seen = own.filter(({ call }) => call === 'readStatus').map(({ fails }) => fails?.code);
  expect(seen).toEqual(expect.arrayContaining(documented));
});

test('the table names each case once, and uses each of its fragments', () => {
  const ids = table.cases.map(({ id }) => id.replaceAll(' ', '_'));
  expect(new Set(ids).size).toBe(ids.length);
  const used = [...table.before, ...steps.filter((step) => typeof step === 'string')];
  expect(new Set(used)).toEqual(new Set(Object.keys(table.fragments)));
});

test('COMPATIBILITY.md has the number of cases of each SDK', () => {
  const page = readFileSync(new URL('../../COMPATIBILITY.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { name, versions } of languages) {
    const counts = versions.map((version) => table.cases.filter((each) => isFor(each, `${name} ${version}`)).length);
    const how = rows.find(([, language, , , cell]) => language?.endsWith(name) && cell?.includes('cases'))?.[4];
    expect([name, how?.match(/\d+/g)?.map(Number)]).toEqual([name, [...new Set(counts)]]);
  }
});

test('each name that restricts a case is that of an SDK', () => {
  const sdks = languages.flatMap(({ name, versions }) => [name, ...versions.map((version) => `${name} ${version}`)]);
  expect(sdks).toEqual(expect.arrayContaining(table.cases.flatMap(({ only = [] }) => only)));
});
