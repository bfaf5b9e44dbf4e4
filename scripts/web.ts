/** Builds the web pages into dist/web: HTML, and scripts and styles with a hash of their content in their names. */
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/**
 * Puts modules that several chunks import into two chunks, instead of one for each combination of importers: many small
 * files need more requests and compress worse. Styles stay where they are imported.
 */
const sharedChunks = [
  { name: 'shared', test: /node_modules\/(react|react-dom|scheduler)\/|web\/shared\/[^.]*\.tsx?$|preload-helper/ },
  {
    name: 'messages',
    test: /web\/inbox\/(thread\/(media|media-url|message|content|notice-content|card-context|pictures|links|markdown[a-z-]*)|compose\/(say-links?|actions)|state\/state|icons|texts|empty|avatar)\.tsx?$|node_modules\/(marked|dompurify)\//,
  },
];

/** `root` is the folder of the package, with a slash at its end. */
export async function buildWeb(root: string): Promise<void> {
  // In a test run NODE_ENV is `test`, and React would be built in its slow form with warnings.
  process.env.NODE_ENV = 'production';
  await build({
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
}
