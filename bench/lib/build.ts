import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** A built package that is measured. */
export type Build = {
  readonly name: 'this build' | 'the other build';
  /** The package's folder: package.json, dist/ and node_modules/. */
  readonly folder: string;
  readonly dist: string;
};

/**
 * The current build and the one to compare it with. Throws an Error that says what is missing if the other one cannot
 * run.
 */
export function bothBuilds(dist: string, against: string): readonly [Build, Build] {
  const folder = resolve(against);
  refuseUnbuilt(folder);
  return [
    { name: 'this build', folder: dirname(resolve(dist)), dist },
    { name: 'the other build', folder, dist: join(folder, 'dist') },
  ];
}

function refuseUnbuilt(folder: string): void {
  const needs = [
    ['package.json', 'it is not a checkout of huizhi'],
    ['node_modules', `run npm ci in ${folder}`],
    ['dist/cli/main.js', `run npm run build in ${folder}`],
  ] as const;
  for (const [path, advice] of needs)
    if (!existsSync(join(folder, path))) throw new Error(`--against ${folder}: ${path} does not exist; ${advice}`);
}

/** The file behind one of a package's exports, such as `emulator`, wherever the package keeps it. */
export function exportedFile({ folder }: Pick<Build, 'folder'>, name: string): string {
  const fromPackage = createRequire(join(folder, 'package.json'));
  const { name: packageName } = fromPackage('./package.json') as { name: string };
  return fromPackage.resolve(`${packageName}/${name}`);
}

/** The schema version to which a build migrates a database. */
export function latestSchema({ dist, folder }: Build): number {
  const args = [join(dist, 'cli/main.js'), 'migrate', '--check', '--json', '--database', join(folder, 'no-such.db')];
  // It exits with 1, because a database that does not exist has pending migrations.
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (!stdout.startsWith('{')) throw new Error(`${folder}: huizhi migrate --check failed: ${stderr}`);
  return (JSON.parse(stdout) as { latest: number }).latest;
}
