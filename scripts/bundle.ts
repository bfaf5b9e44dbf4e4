/**
 * Bundles the built modules of dist/ into few files. Node spends about half a millisecond on each module that it loads,
 * so the command and the first emulator of a process start faster. Packages are not bundled; names are kept, so that
 * stack traces stay readable.
 */
import { globSync, rmSync } from 'node:fs';
import { build } from 'rolldown';
import { builtins } from './builtins.ts';

const entries = {
  index: 'src/index.ts',
  'emulator/index': 'src/emulator/index.ts',
  'client/index': 'src/client/index.ts',
  'cli/main': 'src/cli/main.ts',
};

/**
 * Small modules that most commands use, and the client does not. Each of them would be a file of its own, because other
 * commands do not use it.
 */
const common =
  /\0builtin:node:(?:fs|os|path)$|src\/(?:package-root|emulator\/error|wire\/(?:csv|mobile)|store\/engine\/(?:partitions|sql|statement-errors)|cli\/output|config\/values)\./;

/** `root` is the folder of the package, with a slash at its end. */
export async function bundle(root: string): Promise<void> {
  for (const file of globSync(`${root}dist/**/*.js`)) rmSync(file);
  await build({
    cwd: root,
    input: entries,
    platform: 'node',
    // Packages, except the modules of the plugin.
    external: (id) => /^[^./\0]/.test(id) && !id.startsWith('node:'),
    plugins: [builtins],
    logLevel: 'warn',
    output: {
      dir: `${root}dist`,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
      codeSplitting: { groups: [{ name: 'common', test: common }] },
      sourcemap: true,
      sourcemapExcludeSources: true,
      // One character that is not Latin-1 doubles the memory of the whole text of a file.
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
      comments: { legal: true, annotation: false, jsdoc: false },
    },
  });
}
