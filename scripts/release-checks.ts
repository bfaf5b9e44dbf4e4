/** What a release requires of the repository. Each check returns what is wrong, as sentences. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

type Manifest = {
  readonly version: string;
  readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
};

export const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trimEnd();

const read = (name: string) => readFileSync(name, 'utf8');

export const readVersion = (): string => (JSON.parse(read('package.json')) as Manifest).version;

/** The branch that releases are made of. */
const branch = 'main';

/** Lists the files that differ from the last commit. */
export const listChanges = (): readonly string[] =>
  git('status', '--porcelain')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(3));

export function checkTree(): readonly string[] {
  const changed = listChanges();
  const current = git('branch', '--show-current');
  return [
    ...(changed.length > 0 ? [`The tree has changes that are not committed: ${changed.join(', ')}.`] : []),
    ...(current === branch
      ? []
      : [`A release is made on ${branch}, and this is ${current === '' ? 'no branch' : current}.`]),
  ];
}

export function checkTag(version: string): readonly string[] {
  return git('tag', '--list', `v${version}`) === '' ? [] : [`The tag v${version} exists already: raise the version.`];
}

/** The sections of CHANGELOG.md by heading. */
function readSections(): ReadonlyMap<string, string> {
  const [, ...sections] = read('CHANGELOG.md').split(/^## /m);
  return new Map(
    sections.map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading.trim(), lines.join('\n').trim()];
    }),
  );
}

const isDated = (heading: string, version: string) =>
  heading.startsWith(`${version}, `) && /^\d{4}-\d\d-\d\d$/.test(heading.slice(version.length + 2));

export function checkChangelog(version: string): readonly string[] {
  const sections = readSections();
  const heading = [...sections.keys()].find((one) => isDated(one, version));
  return [
    ...((sections.get('Unreleased') ?? '') === ''
      ? []
      : ['CHANGELOG.md has entries under "Unreleased": move them to the version.']),
    ...(heading === undefined ? [`CHANGELOG.md has no section "## ${version}, YYYY-MM-DD".`] : []),
    ...(heading !== undefined && sections.get(heading) === ''
      ? [`The section of ${version} in CHANGELOG.md is empty.`]
      : []),
  ];
}

/** Returns the section of a version in CHANGELOG.md. */
export function readNotes(version: string): string {
  const [, text = ''] = [...readSections()].find(([heading]) => isDated(heading, version)) ?? [];
  return text;
}

/** Compares the version of package.json with those of the lock file and of the pages that name a package file. */
export function checkVersions(version: string): readonly string[] {
  const lock = JSON.parse(read('package-lock.json')) as Manifest;
  const inLock = [lock.version, lock.packages?.['']?.version].filter((one) => one !== version);
  const pages = git('ls-files', '*.md')
    .split('\n')
    .filter((page) => page !== '' && page !== 'CHANGELOG.md');
  const inPages = pages.flatMap((page) => {
    const named = [...read(page).matchAll(/huizhi-(\d+\.\d+\.\d+[\w.-]*?)\.tgz/g)].map(([, one]) => one);
    return named.filter((one) => one !== version).map((one) => `${page} names version ${one}, not ${version}.`);
  });
  return [
    ...inLock.map(
      (one) => `package-lock.json has version ${one}, not ${version}: run npm install --package-lock-only.`,
    ),
    ...inPages,
  ];
}
