/** The pages in `docs/zh` are those of `docs` in Chinese: the same pages, headings, code, tables, pictures and links. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf, headingsOf, linksOf, pages, pageText, root, slug } from '../support/pages.ts';

/** Pages that are generated from English texts, and exist in English only. */
const englishOnly = ['client', 'emulator', 'errors', 'http', 'options'].map((name) => `docs/reference/${name}.md`);

const chinese = pages.filter((path) => path.startsWith('docs/zh/'));
const english = pages.filter((path) => path.startsWith('docs/') && !path.startsWith('docs/zh/'));

/** The path of a file in the other language: of a page of `docs`, of a README, or the same path. */
function translated(path: string): string {
  if (path === 'README.md') return 'README.zh.md';
  if (path === 'README.zh.md') return 'README.md';
  if (path.startsWith('docs/zh/')) return path.replace('docs/zh/', 'docs/');
  const inChinese = path.replace(/^docs\//, 'docs/zh/');
  return chinese.includes(inChinese) ? inChinese : path;
}

test('every page has a Chinese version, and every Chinese page an English one', () => {
  const expected = english.filter((path) => !englishOnly.includes(path)).map(translated);
  expect(chinese.toSorted()).toEqual(expected.toSorted());
});

const comment: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    ['js', 'ts', 'java', 'go', 'csharp', 'cpp', 'php'].map((name) => [name, /^\s*(?:\/\/|\/\*).*$/gm]),
  ),
  ...Object.fromEntries(['sh', 'python', 'yaml', 'ini', 'caddyfile'].map((name) => [name, /^\s*#.*$/gm])),
  sql: /^\s*--.*$/gm,
};

/** The code of a page in which every line that is a comment is empty. */
const codeOf = (page: string) =>
  blocksOf(page).map(({ language, text }) => [language, text.replaceAll(comment[language] ?? /(?!)/g, '')]);

/** The number of cells in each row of the tables. */
const rowsOf = (page: string) =>
  page
    .replaceAll(/^```.*?^```$/gms, '')
    .split('\n')
    .filter((line) => /^\s*\|/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).length);

/** An anchor as the number of its heading, which is the same in both languages, or as the name of an explicit one. */
function anchorOf(path: string, anchor: string): string {
  const headings = headingsOf(pageText(path)).map(({ text }) => slug(text));
  const number = headings.indexOf(anchor);
  return number === -1 ? anchor : `heading ${number}`;
}

/** The links of a page in the order of their targets, as paths from the root of the repository. */
function targetsOf(path: string, translate: (target: string) => string): readonly string[] {
  return linksOf(pageText(path))
    .map((link) => {
      if (/^[a-z]+:/.test(link)) return link;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      const place = anchor === undefined ? '' : `#${anchorOf(target, anchor)}`;
      return translate(target) + place;
    })
    .toSorted();
}

describe.each(chinese)('%s', (path) => {
  const original = translated(path);
  const [page, englishPage] = [pageText(path), pageText(original)];

  test('has the headings of the English page on the same levels', () => {
    expect(headingsOf(page).map(({ level }) => level)).toEqual(headingsOf(englishPage).map(({ level }) => level));
  });

  test('has the code of the English page, with comments in Chinese', () => {
    expect(codeOf(page)).toEqual(codeOf(englishPage));
  });

  test('has the rows and columns of its tables', () => {
    expect(rowsOf(page)).toEqual(rowsOf(englishPage));
  });

  test('has its links, to Chinese pages where there are any', () => {
    expect(targetsOf(path, (target) => target)).toEqual(targetsOf(original, translated));
  });

  test('is written in Chinese', () => {
    const prose = page.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
    const paragraphs = prose.split('\n').filter((line) => /^[A-Z][a-z]+ [a-z]+ [a-z]+ /.test(line));
    expect(paragraphs).toEqual([]);
  });
});

test('the READMEs name the documentation of their language', () => {
  for (const path of ['README.md', 'README.zh.md']) {
    const targets = linksOf(readFileSync(join(root, path), 'utf8')).map((link) => link.split('#')[0] ?? '');
    const wrong = targets.filter((target) => target.startsWith('docs/') && target !== translatedFor(path, target));
    expect([path, wrong]).toEqual([path, []]);
  }
});

/** The page that a README should name instead of this one. */
function translatedFor(readme: string, target: string): string {
  const inEnglish = target.replace('docs/zh/', 'docs/');
  return readme === 'README.zh.md' ? translated(inEnglish) : inEnglish;
}
