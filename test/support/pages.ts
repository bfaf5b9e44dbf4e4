/** Reads the pages of the documentation, for tests that compare them with the code. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced code block, and the line of the page that it begins in. */
export type Block = { readonly language: string; readonly text: string; readonly line: number };

/** Every page of the documentation, by its path from the root of the repository. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  'examples/README.md',
  ...['', 'python/', 'java/', 'go/'].flatMap((name) => [`fixtures/${name}README.md`, `fixtures/${name}README.zh.md`]),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];

/** The text of a page. */
export function pageText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The fenced code blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: page.slice(0, index).split('\n').length,
  }));
}

/** The text of a page without its code blocks. */
export function proseOf(page: string): string {
  return page.replaceAll(/^```.*?^```$/gms, '');
}

/** The targets of the links and pictures of a page, as it spells them. */
export function linksOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
}

/** The headings of a page, in their order. */
export function headingsOf(page: string): readonly { readonly level: number; readonly text: string }[] {
  return [...proseOf(page).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', text = '']) => ({
    level: marks.length,
    text,
  }));
}

/** The broken links of a page within this repository, as the page spells them. */
export function brokenLinksOf(path: string): readonly string[] {
  return linksOf(pageText(path)).filter(
    (target) => !/^(?:https?|mailto):/.test(target) && !leadsSomewhere(path, target),
  );
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || (!isFolder(target) && anchorsOf(pageText(target)).includes(anchor));
}

const isFolder = (path: string) => statSync(join(root, path)).isDirectory();

/** The anchors of a page: of its headings, and explicit ones. */
function anchorsOf(page: string): readonly string[] {
  const headings = headingsOf(page).map(({ text }) => slug(text));
  return [...headings, ...[...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id ?? '')];
}

/** The anchor of a heading. */
export function slug(heading: string): string {
  const plain = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
  return plain.trim().replaceAll(/\s/g, '-');
}
