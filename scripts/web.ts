/** Builds the web pages into dist/web: HTML, and scripts and styles with a hash of their content in their names. */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { build, type Rolldown } from 'vite';

/**
 * Puts modules that several chunks import into two chunks, instead of one for each combination of importers: many small
 * files need more requests and compress worse. Styles stay where they are imported.
 */
const sharedChunks = [
  { name: 'shared', test: /node_modules\/(react|react-dom|scheduler)\/|web\/shared\/[^.]*\.tsx?$|preload-helper/ },
  {
    name: 'messages',
    test: /web\/inbox\/(thread\/(media|media-url|message|content|notice-content|card-context|pictures|links|markdown[a-z-]*)|compose\/(say-links?|actions)|state\/state|offline\/install|settings|icons|texts|empty|avatar)\.tsx?$|node_modules\/(marked|dompurify)\//,
  },
];

/** `root` is the folder of the package, with a slash at its end. */
export async function buildWeb(root: string): Promise<void> {
  // In a test run NODE_ENV is `test`, and React would be built in its slow form with warnings.
  process.env.NODE_ENV = 'production';
  const built = await build({
    configFile: false,
    root: `${root}web`,
    base: '/',
    publicDir: false,
    logLevel: 'warn',
    plugins: [react()],
    build: {
      outDir: `${root}dist/web`,
      emptyOutDir: true,
      // Every asset is a separate file: the policy of the pages allows no inline code.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        input: { inbox: `${root}web/inbox/index.html`, console: `${root}web/console/index.html` },
        output: { codeSplitting: { groups: sharedChunks } },
      },
    },
  });
  await buildWorker(root, filesOf(built as Rolldown.RolldownOutput));
  cpSync(`${root}web/inbox/icons`, `${root}dist/web/app`, { recursive: true });
}

/** The files that the inbox loads, at its start or later. */
function filesOf({ output }: Rolldown.RolldownOutput): readonly string[] {
  const chunks = new Map(output.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one] as const] : [])));
  const found = new Set<string>();
  const add = (fileName: string) => {
    if (found.has(fileName)) return;
    found.add(fileName);
    const chunk = chunks.get(fileName);
    if (!chunk) return;
    for (const name of chunk.viteMetadata?.importedCss ?? []) found.add(name);
    for (const name of chunk.viteMetadata?.importedAssets ?? []) found.add(name);
    for (const name of [...chunk.imports, ...chunk.dynamicImports]) add(name);
  };
  for (const { fileName, isEntry, name } of chunks.values()) if (isEntry && name === 'inbox') add(fileName);
  return [...found].toSorted();
}

/** Builds the service worker of the inbox. It names the files of this build, so that it changes with any of them. */
async function buildWorker(root: string, files: readonly string[]): Promise<void> {
  const page = readFileSync(`${root}dist/web/inbox/index.html`);
  const id = createHash('sha256').update(page).update(files.join()).digest('hex').slice(0, 16);
  await build({
    configFile: false,
    root: `${root}web`,
    publicDir: false,
    logLevel: 'warn',
    define: { shellOfBuild: JSON.stringify({ id, files: files.map((name) => `/${name}`) }) },
    build: {
      outDir: `${root}dist/web/app`,
      emptyOutDir: true,
      rolldownOptions: {
        input: `${root}web/worker/worker.ts`,
        output: { format: 'iife', entryFileNames: 'worker.js' },
      },
    },
  });
}
