/**
 * Programs that tests need and a machine may lack. As root on Debian they are installed; otherwise the tests are
 * skipped with a reason.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** A requirement of tests on the machine. */
export type Need = {
  /** Its name in messages. */
  readonly name: string;
  readonly isThere: () => boolean;
  /** Debian packages that contain it. */
  readonly packages: readonly string[];
  /** How to get it where this cannot install it. */
  readonly advice: string;
};

/**
 * Installs what is missing where that is possible. Returns why tests cannot run, which is the reason of their skip, or
 * undefined if they can. In CI it throws instead, because a skipped test would go unnoticed there.
 */
export function provide({ name, isThere, packages, advice }: Need): string | undefined {
  if (isThere()) return undefined;
  if (canInstall()) install(packages);
  if (isThere()) return undefined;
  const reason = `no ${name}: ${advice}`;
  if (process.env.CI) throw new Error(`cannot be tested, ${reason}`);
  return reason;
}

/**
 * The same for programs by name, or by their path if no folder of PATH has them:
 *
 *     const lacking = requirePrograms(['nginx']);
 *     test('…', ({ skip }) => { skip(lacking !== undefined, lacking); … });
 *
 * @param packages Debian packages that contain them, if they have other names
 */
export function requirePrograms(
  programs: readonly string[],
  packages: readonly string[] = programs,
): string | undefined {
  return provide({
    name: programs.join(', '),
    isThere: () => programs.every((program) => programPath(program) !== undefined),
    packages,
    advice: `install the package${packages.length === 1 ? '' : 's'} ${packages.join(', ')}`,
  });
}

/** Folders of servers, which are not in the PATH of ordinary users. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin'];

/** The path of a program in PATH or among the servers; undefined if it is missing. */
export function programPath(name: string): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...serverFolders];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

/** A program installed while this waited for the lock is not installed again. No package may start its server. */
const script = `
  dpkg-query -W "$@" > /dev/null 2>&1 && exit 0
  policy=/usr/sbin/policy-rc.d
  if ! test -e "$policy"; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod +x "$policy"
  fi
  apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@"`;

/** Test files run side by side, but apt-get does not: one lock for all. */
function install(packages: readonly string[]): void {
  const lock = join(tmpdir(), 'huizhi-apt.lock');
  try {
    execFileSync('flock', [lock, 'sh', '-c', script, 'sh', ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 600_000,
    });
  } catch (error) {
    process.stderr.write(`${packages.join(', ')} could not be installed: ${String(error)}\n`);
  }
}
