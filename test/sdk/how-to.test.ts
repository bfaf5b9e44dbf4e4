import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

const page = read('../../docs/how-to/point-your-sdk.md');
const blocks = new Map([...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => [language, code]));

const tested = [
  { language: 'python', path: 'python/read_status.py' },
  { language: 'java', path: 'java/src/main/java/sample/ReadStatus.java' },
  { language: 'go', path: 'go/main.go' },
  { language: 'ts', path: 'node/read-status.ts' },
];

/** The text between the two marker comments. */
function program(path: string): string {
  const lines = read(path).split('\n');
  const [begin, end] = ['[how-to]', '[/how-to]'].map((mark) => lines.findIndex((line) => line.endsWith(mark)));
  return `${lines
    .slice(Number(begin) + 1, end)
    .join('\n')
    .trim()}\n`;
}

test.each(tested)('the program in $language on the how-to page is the one that the tests run', ({ language, path }) => {
  expect(program(path)).toContain('user002');
  expect(blocks.get(language)).toBe(program(path));
});

test('the how-to page has a program for each of seven languages', () => {
  const languages = [...blocks.keys()].filter((language) => language !== 'sh');
  expect(languages).toEqual(['python', 'java', 'go', 'ts', 'php', 'csharp', 'cpp']);
});
