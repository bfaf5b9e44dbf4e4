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
for (const file of ['rapidoc-min.js', 'rapidoc-min.js.LICENSE.txt']) {
  cpSync(`${root}node_modules/rapidoc/dist/${file}`, `${root}dist/docs-ui/${file}`);
}
cpSync(`${root}node_modules/rapidoc/LICENSE.txt`, `${root}dist/docs-ui/LICENSE.txt`);
chmodSync(`${root}dist/cli/main.js`, 0o755);
await buildWeb(root);
