/** Comments, names of tests and pages are written in plain technical English. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/pages.ts';
import { unwantedWords } from './words.ts';

const unwanted = new RegExp(
  String.raw`\b(?:${Object.keys(unwantedWords)
    .map((words) => words.replaceAll(' ', String.raw`\s+(?:[/*]+\s*)?`))
    .join('|')})\b`,
  'gi',
);

/**
 * Every unwanted word of a text, as `path:line: "word": write …`. A phrase may be broken over two lines of a comment.
 */
function findUnwanted(path: string, text: string): readonly string[] {
  return [...text.matchAll(unwanted)].map(({ 0: found, index }) => {
    const words = found.toLowerCase().replaceAll(/[\s/*]+/g, ' ');
    return `${path}:${text.slice(0, index).split('\n').length}: "${words}": write ${unwantedWords[words]}`;
  });
}

/** The sources and pages of this repository, without what is installed or built in their folders. */
function writtenFiles(): readonly string[] {
  const folders = ['src', 'web', 'test', 'bench', 'scripts', 'docs'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path}`),
  );
  const files = [...readdirSync(root), ...folders].filter((path) => {
    return /\.(?:tsx?|md|css|html)$/.test(path) && !/\/(?:node_modules|target|\.venv)\//.test(path);
  });
  return files.filter((path) => path !== 'test/repository/words.ts' && path !== 'test/repository/words.test.ts');
}

test.each([
  ['// a comment anew', ['a.ts:1: "anew": write again']],
  ['one\ntwo: Whoever asks', ['a.ts:2: "whoever": write anyone who, a caller that, the one that']],
  [' * twenty at\n * the most', ['a.ts:1: "at the most": write at most']],
  ['`renew`, lesson, henchman, marshalled, supposed', []],
])('a word of the list is found, and nothing else: %j', (text, found) => {
  expect(findUnwanted('a.ts', text)).toEqual(found);
});

test('no file has a word of the list in test/repository/words.ts', () => {
  const files = writtenFiles();
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((path) => findUnwanted(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
});
