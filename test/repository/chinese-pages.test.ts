/** The pages in `docs/zh` are those of `docs` in Chinese: the same pages, headings, code, tables, pictures and links. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf, headingsOf, linksOf, pages, pageText, proseOf, root, slug } from '../support/pages.ts';

const chinese = pages.filter((path) => path.startsWith('docs/zh/'));
const english = pages.filter((path) => path.startsWith('docs/') && !path.startsWith('docs/zh/'));

/** The path of a file in the other language, or the same path if there is none. */
function translated(path: string): string {
  if (path === 'README.md') return 'README.zh.md';
  if (path === 'README.zh.md') return 'README.md';
  if (path.startsWith('docs/zh/')) return path.replace('docs/zh/', 'docs/');
  const inChinese = path.replace(/^docs\//, 'docs/zh/');
  return existsSync(join(root, inChinese)) ? inChinese : path;
}

test('every page has a Chinese version, and every Chinese page an English one', () => {
  expect(chinese.toSorted()).toEqual(english.map((path) => path.replace('docs/', 'docs/zh/')).toSorted());
});

const comment: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    ['js', 'ts', 'java', 'go', 'csharp', 'cpp', 'php'].map((name) => [
      name,
      /^\s*\/\*[\s\S]*?\*\/.*$|(?:^\s*|[ \t]+)\/\/ .*$/gm,
    ]),
  ),
  ...Object.fromEntries(['python', 'yaml', 'ini', 'caddyfile'].map((name) => [name, /(?:^\s*|[ \t]+)#.*$/gm])),
  // With programs of other languages in here-documents.
  sh: /(?:^\s*|[ \t]+)(?:#|\/\/ ).*$/gm,
  sql: /^\s*--.*$/gm,
};

/** The code of a page without its comments. */
const codeOf = (page: string) =>
  blocksOf(page).map(({ language, text }) => [language, text.replaceAll(comment[language] ?? /(?!)/g, '')]);

/** The cells of the tables, row by row. */
const rowsOf = (page: string) =>
  proseOf(page)
    .split('\n')
    .filter((line) => /^\s*\|/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

/** Cells that are the same in both languages: one piece of code, or a number. */
const isTheSame = (cell: string) => /^(?:(?:<a id="[^"]+"><\/a>)?`[^`]+`|-?\d[\d,.]*)$/.test(cell);

/** The explicit anchors of a page. */
const anchorsOf = (page: string) => [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);

const slugs = new Map(pages.map((path) => [path, headingsOf(pageText(path)).map(({ text }) => slug(text))]));

/** An anchor as the number of its heading, which is the same in both languages, or as the name of an explicit one. */
function anchorOf(path: string, anchor: string): string {
  const number = slugs.get(path)?.indexOf(anchor) ?? -1;
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

  test('has the tables of the English page, with the same code, numbers and anchors', () => {
    const [rows, englishRows] = [rowsOf(page), rowsOf(englishPage)];
    expect(rows.map((row) => row.length)).toEqual(englishRows.map((row) => row.length));
    const others = englishRows.flatMap((row, i) => row.filter((cell, j) => isTheSame(cell) && rows[i]?.[j] !== cell));
    expect(others).toEqual([]);
    expect(anchorsOf(page)).toEqual(anchorsOf(englishPage));
  });

  test('has its links, to Chinese pages where there are any', () => {
    expect(targetsOf(path, (target) => target)).toEqual(targetsOf(original, translated));
  });

  test('is written in Chinese', () => {
    const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
    const paragraphs = prose.split('\n').filter((line) => /^[A-Z][a-z]+ [a-z]+ [a-z]+ /.test(line));
    expect(paragraphs).toEqual([]);
  });
});

test.each(['README.zh.md', ...chinese])('%s says which of its links lead to English pages', (path) => {
  const isEnglish = (link: string) =>
    /^[^:#]+\.md(?:#|$)/.test(link) && !/^(?:docs\/zh\/|README\.zh)/.test(normalize(join(dirname(path), link)));
  const lines = proseOf(pageText(path))
    .split('\n')
    .filter((line) => !/英文|English/.test(line));
  expect(lines.filter((line) => linksOf(line).some(isEnglish))).toEqual([]);
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
