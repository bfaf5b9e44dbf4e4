/** The files of a release, in a folder that Git ignores: the package, its bills of materials, and their checksums. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = 'release';

/** What npm adds to every package, besides the files of package.json. */
const always = ['package.json', 'README.md', 'LICENSE'];

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };
type Manifest = {
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

const npm = (args: readonly string[], cwd = '.') =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 27 });

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Makes the files of a release. Returns their names, or throws an Error if the package is not as it should be. */
export function makeArtefacts(version: string): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { filename, files } = pack(folder);
  const wrong = findWrongFiles(files.map(({ path }) => path));
  if (wrong.length > 0) throw new Error(`The package is wrong: ${wrong.join(', ')}.`);
  refuseVarying(filename);
  const boms = [
    [`huizhi-${version}.cdx.json`, 'cyclonedx'],
    [`huizhi-${version}.spdx.json`, 'spdx'],
  ] as const;
  for (const [name, format] of boms) writeFileSync(join(folder, name), renderBom(format));
  const names = [filename, ...boms.map(([name]) => name)];
  writeFileSync(join(folder, 'SHA256SUMS'), names.map((name) => `${hash(join(folder, name))}  ${name}\n`).join(''));
  return [...names, 'SHA256SUMS'].map((name) => join(folder, name));
}

/** Lists the dependencies of the lock file. npm names the package after its folder, so it is copied into one. */
function renderBom(format: 'cyclonedx' | 'spdx'): string {
  return inTemporaryFolder((parent) => {
    const cwd = join(parent, 'huizhi');
    mkdirSync(cwd);
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(name, join(cwd, name));
    return npm(['sbom', '--omit=dev', '--package-lock-only', `--sbom-format=${format}`], cwd);
  });
}

function inTemporaryFolder<T>(work: (folder: string) => T): T {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-release-'));
  try {
    return work(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Packs dist/ as it is. */
function pack(target: string): Packed {
  const [packed] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', target])) as [Packed];
  return packed;
}

/** Throws an Error if a second package of the same files has other bytes. */
function refuseVarying(filename: string): void {
  inTemporaryFolder((target) => {
    pack(target);
    if (hash(join(target, filename)) !== hash(join(folder, filename)))
      throw new Error('Two packages of the same files differ: the package cannot be reproduced.');
  });
}

/** Returns what is missing in a package, and what does not belong to it. */
function findWrongFiles(paths: readonly string[]): readonly string[] {
  const { files, bin, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const entries = [
    ...Object.values(bin),
    ...Object.values(exports).flatMap((one) => (typeof one === 'string' ? one : Object.values(one))),
  ];
  const listed = files.filter((one) => !one.startsWith('!'));
  const needed = [...always, ...entries.map((entry) => entry.replace(/^\.\//, ''))];
  const belongs = (path: string) =>
    always.includes(path) || listed.some((one) => path === one || path.startsWith(`${one}/`));
  return [
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
    ...listed
      .filter((one) => !paths.some((path) => path === one || path.startsWith(`${one}/`)))
      .map((one) => `${one} is missing`),
    ...paths
      .filter((path) => !belongs(path) || /\.test\.|\.tsbuildinfo$|(?:^|\/)\.env/.test(path))
      .map((path) => `${path} does not belong to it`),
  ];
}
