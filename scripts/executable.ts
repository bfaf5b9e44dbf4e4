/**
 * Builds `build/huizhi`, one file that needs neither Node.js nor packages: the Node.js that runs this script, with the
 * built package and its dependencies as a virtual file system. `dist/` must be built before.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) buildExecutable(join(root, 'build', 'huizhi'));

/** Builds the executable at a path. */
export function buildExecutable(output: string): void {
  const work = mkdtempSync(join(tmpdir(), 'huizhi-executable-'));
  try {
    // The main script is at the root of the virtual file system, beside package.json.
    const main = join(work, 'main.mjs');
    writeFileSync(main, "import './dist/cli/main.js';\n");
    const config = join(work, 'config.json');
    const settings = { mainFormat: 'module', useVfs: true, disableExperimentalSEAWarning: true };
    writeFileSync(config, JSON.stringify({ main, output, ...settings, assets: listAssets() }));
    mkdirSync(dirname(output), { recursive: true });
    execFileSync(process.execPath, ['--build-sea', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Files of packages that are needed at run time, and their licences. */
const needed = /\.(?:[cm]?js|json|wasm)$|(?:^|\/)(?:licen[cs]e|notice|copying)[^/]*$/i;

/** Returns the path of each file, by its path in the virtual file system. */
function listAssets(): Readonly<Record<string, string>> {
  const own = ['package.json', 'LICENSE', ...findFiles('dist').filter((path) => !/\.(?:d\.ts|map)$/.test(path))];
  const packages = listPackages().flatMap((folder) =>
    findFiles(folder).filter((path) => needed.test(path) && !path.slice(folder.length).includes('/node_modules/')),
  );
  return Object.fromEntries([...own, ...packages].map((path) => [path, join(root, path)]));
}

function findFiles(folder: string): readonly string[] {
  return globSync(`${folder}/**/*`, { cwd: root }).filter((path) => statSync(join(root, path)).isFile());
}

type Locked = { readonly dev?: boolean; readonly devOptional?: boolean };

/** Returns the folders of the packages that an installation without development dependencies has. */
function listPackages(): readonly string[] {
  const { packages }: { packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  const installed = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
  );
  return installed.map(([path]) => path);
}
