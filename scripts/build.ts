/** Builds the package into dist/: the code with tsc and Rolldown, the web pages with Vite, and the API viewer next to them. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { bundle } from './bundle.ts';
import { writeSchema } from './schema.ts';
import { buildWeb } from './web.ts';

const root = new URL('..', import.meta.url).pathname;

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
await bundle(root);
writeSchema(root);
mkdirSync(`${root}dist/docs-ui`, { recursive: true });
const viewer = [
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.css',
  ['LICENSE', 'LICENSE.txt'],
  ['NOTICE', 'NOTICE.txt'],
] as const;
for (const file of viewer) {
  const [from, to] = typeof file === 'string' ? [file, file] : file;
  cpSync(`${root}node_modules/swagger-ui-dist/${from}`, `${root}dist/docs-ui/${to}`);
}
chmodSync(`${root}dist/cli/main.js`, 0o755);
await buildWeb(root);
