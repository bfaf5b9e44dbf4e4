/** Builds dist/ once for a run if the sources have changed; tests of the built package depend on it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ingredients = [
  'src',
  'web',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  // The console has its programs.
  'docs/how-to/point-your-sdk.md',
];

export default function setup(): void {
  const built = join(root, 'dist', 'cli', 'main.js');
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...ingredients.map(changedAt))) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
}

/** When a file, or anything in a folder, was last changed, in epoch milliseconds. */
function changedAt(name: string): number {
  const path = join(root, name);
  const own = statSync(path).mtimeMs;
  if (!statSync(path).isDirectory()) return own;
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' }).map(
    (file) => statSync(join(path, file)).mtimeMs,
  );
  return Math.max(own, ...inside);
}
