/** Identifiers that comments name exist in the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { expect, test } from 'vitest';
import { root } from '../support/pages.ts';

/** A camelCase identifier of at least six characters. */
const isCamelCase = (name: string) => name.length >= 6 && /^[a-z][a-z\d]*[A-Z]/.test(name);

type Source = {
  /** The text without its comments. */
  readonly code: string;
  /** The camelCase identifiers in backticks in comments, such as `readText` or `Client.sendText()`. */
  readonly mentioned: readonly { readonly name: string; readonly line: number }[];
};

function readSource(path: string, text: string): Source {
  const { comments } = parseSync(path, text);
  const ends = [0, ...comments.map(({ end }) => end)];
  const starts = [...comments.map(({ start }) => start), text.length];
  const code = ends.map((end, i) => text.slice(end, starts[i])).join(' ');
  const mentioned = comments.flatMap(({ start, end }) =>
    [...text.slice(start, end).matchAll(/`([\w$.]+)(?:\(\))?`/g)].flatMap(({ 1: names = '', index }) => {
      const line = text.slice(0, start + index).split('\n').length;
      return names.split('.').flatMap((name) => (isCamelCase(name) ? [{ name, line }] : []));
    }),
  );
  return { code, mentioned };
}

const namesOf = (code: string): readonly string[] => code.match(/[\w$]+/g) ?? [];

/** The TypeScript files of a folder, without what is installed or built there. */
function sourcePaths(top: string): readonly string[] {
  return readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .map((path) => `${top}/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/.test(path) && !/\/(?:node_modules|target|\.venv)\//.test(path));
}

test.each([
  ['/** Like `readText`. */\nconst a = 1;', ['readText']],
  ['const a = 1; // calls `Client.sendText()`', ['sendText']],
  ['/* `read`, `toUrl`, `read_text`, readText, `a readText` */', []],
  ["const a = 'https://a/`readText`'; const b = `/* \\`readText\\` */`;", []],
])('identifiers in backticks in comments are found, and nothing else: %j', (text, found) => {
  expect(readSource('a.ts', text).mentioned.map(({ name }) => name)).toEqual(found);
});

test('a comment is not part of the code', () => {
  expect(namesOf(readSource('a.ts', '/** One. */ const two = 3; // four').code)).toEqual(['const', 'two', '3']);
});

test('identifiers in backticks in comments exist in the code', () => {
  const sources = ['src', 'web', 'test'].flatMap(sourcePaths).map((path) => {
    return { path, ...readSource(path, readFileSync(join(root, path), 'utf8')) };
  });
  const known = new Set(sources.flatMap(({ code }) => namesOf(code)));
  const checked = sources.filter(({ path }) => !path.startsWith('test/'));
  const mentioned = checked.flatMap(({ path, mentioned }) => mentioned.map((one) => ({ path, ...one })));
  expect(mentioned.length).toBeGreaterThan(100);
  const unknown = mentioned.filter(({ name }) => !known.has(name));
  expect(unknown.map(({ path, name, line }) => `${path}:${line}: ${name}`)).toEqual([]);
});
