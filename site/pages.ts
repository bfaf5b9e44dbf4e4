/** The pages of the site: which file of the repository is which page, and in which order they are listed. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A page: its file as a path from the root of the repository, and its id, which is its path in the site. */
export type Page = { readonly file: string; readonly id: string };

export const root = dirname(import.meta.dirname);

/** Files whose path in the site is not their path in `docs`. */
const named: Readonly<Record<string, string>> = {
  'site/start.md': 'index',
  'site/start.zh.md': 'zh',
  'docs/README.md': 'contents',
  'docs/zh/README.md': 'zh/contents',
  'COMPATIBILITY.md': 'explanation/compatibility',
  'ARCHITECTURE.md': 'explanation/architecture',
  'bench/README.md': 'explanation/benchmark',
  'examples/README.md': 'project/examples',
  'CONTRIBUTING.md': 'project/contributing',
  'SECURITY.md': 'project/security',
  'CHANGELOG.md': 'project/changes',
};

/** Files that the site has another page for. */
const replaced: Readonly<Record<string, string>> = { 'README.md': 'index', 'README.zh.md': 'zh' };

const folders = '{tutorial,how-to,explanation,reference}';

export const pages: readonly Page[] = [
  ...Object.entries(named).map(([file, id]) => ({ file, id })),
  ...globSync([`docs/${folders}/*.md`, `docs/zh/${folders}/*.md`], { cwd: root }).map((file) => ({
    file,
    id: file.replace(/^docs\//, '').replace(/\.md$/, ''),
  })),
];

const ids = new Map(pages.map(({ file, id }) => [file, id]));

/** The id of the page for a file, or undefined if the site has none. */
export const idOf = (file: string) => ids.get(file) ?? replaced[file];

/** Whether the anchors of a file are those of its page. */
export const hasAnchors = (file: string) => ids.has(file);

/** The path of a page from the base of the site. */
export const pathOf = (id: string) => (id === 'index' ? '' : `${id}/`);

/** Files in `docs` that pages refer to, and that the site has unchanged. */
export const assets: readonly string[] = globSync('docs/**/*.{http,yaml}', { cwd: root });

/** The target of a link in a file, as a path from the root of the repository. */
export const targetOf = (file: string, link: string) => posix.normalize(posix.join(posix.dirname(file), link));

const listed = [...readFileSync(`${root}/docs/README.md`, 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) =>
  targetOf('docs/README.md', link),
);

/** The position of a page in the list of `docs/README.md`; those that it does not list come last. */
function positionOf({ file }: Page): number {
  const position = listed.indexOf(file);
  return position === -1 ? listed.length : position;
}

/** The ids of the English pages of a folder, in the order of `docs/README.md`. */
export function idsIn(folder: string): readonly string[] {
  const own = pages.filter(({ id }) => id.startsWith(`${folder}/`));
  return own.toSorted((one, other) => positionOf(one) - positionOf(other)).map(({ id }) => id);
}

/** Whether a file is a start page. */
export const isStart = (file: string) => file.startsWith('site/');

/** The folder where Starlight would expect the pages, from which it derives their language. */
const expected = new URL('content/docs/', import.meta.url);

/** The address of a page for the Markdown processor. */
export const addressOf = ({ id }: Page) => new URL(`${id}.md`, expected);

/** The page that the Markdown processor has this address for. */
export function pageAt(address: URL | undefined): Page | undefined {
  const path = address && fileURLToPath(address);
  return pages.find((page) => fileURLToPath(addressOf(page)) === path);
}
