/** Builds the web pages into dist/web: HTML, and scripts and styles with a hash of their content in their names. */
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** `root` is the folder of the package, with a slash at its end. */
export async function buildWeb(root: string): Promise<void> {
  // A test run that builds says `test` here, and React would come in its slow form with warnings.
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
      // Everything is a file of its own: the policy of the pages allows nothing inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      license: { fileName: 'licenses.md' },
      rolldownOptions: { input: { inbox: `${root}web/inbox/index.html`, console: `${root}web/console/index.html` } },
    },
  });
}
