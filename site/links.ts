/** Turns the links of the pages, which are paths in the repository, into links of the site. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSatteriProcessor, type SatteriProcessorOptions } from '@astrojs/markdown-satteri';
import type { AstroIntegration } from 'astro';
import { assets, hasAnchors, idOf, pageAt, pathOf, root, targetOf } from './pages.ts';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const { repository } = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8')) as { repository: string };

type MdastPlugin = NonNullable<SatteriProcessorOptions['mdastPlugins']>[number];

/** Rewrites the links, and copies the files that they refer to. */
export function repositoryLinks(): AstroIntegration {
  return {
    name: 'repository-links',
    hooks: {
      'astro:config:setup': ({ config }) => {
        const { processor } = config.markdown;
        if (!isSatteriProcessor(processor)) throw new Error('The Markdown processor is another one than Sätteri.');
        processor.options.mdastPlugins.push(rewriteLinks(config.base.replace(/\/?$/, '/')));
        // The pages have no directives, but texts such as `:8720`.
        processor.options.features.directive = false;
      },
      'astro:build:done': ({ dir }) => {
        const folder = fileURLToPath(dir);
        for (const file of assets) copy(file, join(folder, file.replace(/^docs\//, '')));
        copy('web/shared/icon.svg', join(folder, 'favicon.svg'));
      },
    },
  };
}

function copy(file: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(root, file), to);
}

function rewriteLinks(base: string): MdastPlugin {
  return ({ fileURL }) => {
    const page = pageAt(fileURL);
    if (!page) return undefined;
    return {
      name: 'repository-links',
      link(node, context) {
        if (/^(?:[a-z]+:|#)/.test(node.url)) return;
        const [path = '', anchor] = node.url.split('#');
        const target = targetOf(page.file, path).replace(/\/$/, '');
        const address = addressIn(base, target, anchor);
        if (address !== undefined) context.setProperty(node, 'url', address);
        else context.replaceNode(node, withPath(node.children, target));
      },
    };
  };
}

/** The address of a file of the repository, or undefined if it has none. */
function addressIn(base: string, target: string, anchor: string | undefined): string | undefined {
  const id = idOf(target);
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (id !== undefined) return base + pathOf(id) + (hasAnchors(target) ? hash : '');
  if (assets.includes(target)) return base + target.replace(/^docs\//, '');
  return repository === '' ? undefined : `${repository}/blob/v${version}/${target}${hash}`;
}

/** The text of a link without an address, followed by the path of the file unless the text is code. */
function withPath<T extends { readonly type: string }>(text: readonly T[], target: string) {
  if (text.every(({ type }) => type === 'inlineCode')) return [...text];
  const path = { type: 'inlineCode', value: target } as const;
  return [...text, { type: 'text', value: ' (' } as const, path, { type: 'text', value: ')' } as const];
}
