/** Loads the pages, which have no front matter: the title of a page is its first heading. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Loader, LoaderContext } from 'astro/loaders';
import { addressOf, isStart, type Page, pages, root } from './pages.ts';

/** What the rendered pages depend on besides their text. */
const rules = readFileSync(new URL('links.ts', import.meta.url), 'utf8') + JSON.stringify(pages);

export function pagesLoader(): Loader {
  return {
    name: 'pages',
    load: async (context) => {
      const ids = new Set(pages.map(({ id }) => id));
      for (const id of context.store.keys()) if (!ids.has(id)) context.store.delete(id);
      for (const page of pages) await load(page, context);
    },
  };
}

async function load(page: Page, context: LoaderContext): Promise<void> {
  const { id, file } = page;
  const { store, parseData, renderMarkdown, generateDigest, config } = context;
  const filePath = `${root}/${file}`;
  const { title, body } = split(await readFile(filePath, 'utf8'), file);
  const digest = generateDigest([rules, config.base, title, body].join('\n'));
  if (store.get(id)?.digest === digest) return;
  const data = await parseData({ id, data: { title, ...(isStart(file) && { tableOfContents: false }) }, filePath });
  const rendered = await renderMarkdown(body, { fileURL: addressOf(page) });
  const assetImports = (rendered.metadata?.imagePaths ?? []) as string[];
  // The path is relative to the folder of the site.
  store.set({ id, data, body, filePath: `../${file}`, rendered, assetImports, digest });
}

/** Splits a page into its title, without marks of code, and the rest. */
function split(text: string, file: string): { readonly title: string; readonly body: string } {
  if (!text.startsWith('# ')) throw new Error(`${file} does not begin with a heading`);
  const end = text.indexOf('\n');
  return { title: text.slice(2, end).replaceAll('`', ''), body: text.slice(end) };
}
