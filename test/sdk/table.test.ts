import { expect, test } from 'vitest';
import { table } from './node/story.ts';

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
