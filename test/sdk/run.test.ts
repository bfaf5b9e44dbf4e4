import { afterEach, expect, test, vi } from 'vitest';
import type { Language } from './languages.ts';
import { table } from './node/story.ts';
import { isFor } from './only.ts';
import { fromGo, fromJunit } from './report.ts';
import { complaints, playLanguage, summary } from './run.ts';

const ids = table.cases.filter((each) => isFor(each, 'Esperanto 1.0')).map(({ id }) => id);
const first = ids[0] ?? '';

/** A language whose runner reports these cases as passed. */
const reporting = (names: readonly string[], missing?: string): Language => ({
  name: 'Esperanto',
  versions: ['1.0'],
  modes: [''],
  missing: async () => missing,
  play: async () => names.map((name) => ({ name, passed: true, message: '' })),
  nameOf: (id) => id,
});

afterEach(() => vi.unstubAllEnvs());

test('a case that a runner does not report is a complaint, and the summary counts it', async () => {
  const result = await playLanguage(reporting(ids.slice(1)));
  const stories = 'stories' in result ? result.stories : [];
  expect(stories.flatMap(complaints)).toEqual([`Esperanto 1.0  not run: ${first}\n`]);
  expect(summary([result])).toContain(`${ids.length - 1} of ${ids.length} cases`);
});

test('a case for certain SDKs runs with their versions only', () => {
  const only = ['Python 2.2.65', 'Node'];
  const sdks = ['Python 2.2.65', 'Python 2.2.6', 'Python 2.1.63', 'Node 2.2.27', 'Go 1.6.88'];
  expect(sdks.filter((sdk) => isFor({ only }, sdk))).toEqual(['Python 2.2.65', 'Node 2.2.27']);
  expect(sdks.filter((sdk) => isFor({}, sdk))).toEqual(sdks);
});

test('a language whose toolchain is missing is skipped with the reason', async () => {
  vi.stubEnv('CI', '');
  const result = await playLanguage(reporting(ids, 'its compiler is not installed'));
  expect(result).toEqual({ language: 'Esperanto', skipped: 'its compiler is not installed' });
  expect(summary([result])).toContain('SKIPPED: its compiler is not installed');
});

test('with CI=true a missing toolchain is an error', async () => {
  vi.stubEnv('CI', 'true');
  const played = playLanguage(reporting(ids, 'its compiler is not installed'));
  await expect(played).rejects.toThrow('Esperanto: its compiler is not installed');
});

test('names, failures, errors and skips are read from JUnit reports', () => {
  const xml = `<testsuite>
    <testcase name="a &quot;b&quot; &gt; c&#45;d" time="0"/>
    <testcase classname="x" name="failed"><failure message="m"><![CDATA[1 < 2]]></failure></testcase>
    <testcase name="errored"><error/></testcase>
    <testcase name="skipped"><skipped/></testcase>
  </testsuite>`;
  const told = fromJunit(xml).map(({ name, passed }) => [name, passed]);
  expect(told).toEqual([
    ['a "b" > c-d', true],
    ['failed', false],
    ['errored', false],
    ['skipped', false],
  ]);
  expect(fromJunit(xml)[1]?.message).toContain('1 < 2');
});

test('subtests are read from the events of go test, with the output of failed ones', () => {
  const events = [
    { Action: 'run', Test: 'TestStory' },
    { Action: 'output', Test: 'TestStory/a/b_c', Output: 'broken\n' },
    { Action: 'fail', Test: 'TestStory/a/b_c' },
    { Action: 'pass', Test: 'TestStory/d' },
    { Action: 'fail', Test: 'TestStory' },
  ];
  expect(fromGo(events.map((event) => JSON.stringify(event)).join('\n'))).toEqual([
    { name: 'a/b_c', passed: false, message: 'broken\n' },
    { name: 'd', passed: true, message: '' },
  ]);
});
