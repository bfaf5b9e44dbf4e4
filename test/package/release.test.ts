/** What a release requires, what is refused without it, and what it makes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { root } from '../support/pages.ts';

// Each release runs npm several times.
vi.setConfig({ testTimeout: 300_000 });

const filled = { repository: 'https://git.example.org/people/huizhi', contact: 'mailto:security@example.org' };

function checkout(release: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['package.json', 'SECURITY.md']) cpSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, 'release.json'), JSON.stringify(release));
  return folder;
}

function run(cwd: string, ...args: readonly string[]) {
  const script = join(root, 'scripts', 'release.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

test.each([
  [{ repository: '', contact: '' }, /repository must be/],
  [{ ...filled, contact: '' }, /contact must be/],
  [{ ...filled, repository: 'somewhere' }, /repository must be/],
  [{ ...filled, contact: 'somebody' }, /contact must be/],
])('a release with %j is refused and changes nothing', (release, why) => {
  const folder = checkout(release);
  const before = manifestOf(folder);
  for (const args of [[], ['--check']]) {
    const { status, stderr } = run(folder, ...args);
    expect([status, stderr]).toEqual([1, expect.stringMatching(why)]);
  }
  expect(manifestOf(folder)).toEqual(before);
});

const version = '1.2.3';

/** The files of a small package that can be released. */
const files: Readonly<Record<string, string>> = {
  '.gitignore': 'dist/\nrelease/\n',
  LICENSE: 'MIT',
  'README.md': `npm install /path/to/huizhi-${version}.tgz\n`,
  'CHANGELOG.md': `# Changes\n\n## Unreleased\n\n## ${version}, 2026-01-31\n\n- A change.\n\n## 1.2.2, 2026-01-01\n\n- Another.\n`,
  'docs.txt': '1\n',
  'dist/cli/main.js': '',
  'dist/index.js': '',
  'package-lock.json': JSON.stringify({
    ...{ name: 'huizhi', version, lockfileVersion: 3, requires: true },
    packages: { '': { name: 'huizhi', version, license: 'MIT' } },
  }),
  'package.json': `${JSON.stringify(
    {
      ...{
        name: 'huizhi',
        version,
        description: 'd',
        license: 'MIT',
        files: ['dist', '!dist/**/*.test.*', 'CHANGELOG.md'],
      },
      ...{ bin: { huizhi: './dist/cli/main.js' }, exports: { '.': { default: './dist/index.js' } } },
      scripts: { build: 'node --version', docs: 'node --version' },
    },
    null,
    2,
  )}\n`,
};

/** Creates a repository with the package, of which some files are others. */
function repository(changed: Readonly<Record<string, string>> = {}): string {
  const folder = checkout(filled);
  for (const [name, text] of Object.entries({ ...files, ...changed })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'config', 'user.name', 'Somebody');
  git(folder, 'config', 'user.email', 'somebody@example.org');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'first');
  return folder;
}

const git = (cwd: string, ...args: readonly string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();

const stateOf = (folder: string) => [
  git(folder, 'status', '--porcelain'),
  git(folder, 'log', '--format=%H'),
  git(folder, 'tag'),
];

/** Checks the files of a release: the package, two bills of materials, and their checksums. */
function checkArtefacts(folder: string): void {
  const place = join(folder, 'release');
  expect(readdirSync(place).sort()).toEqual([
    'SHA256SUMS',
    'huizhi-1.2.3.cdx.json',
    'huizhi-1.2.3.spdx.json',
    'huizhi-1.2.3.tgz',
  ]);
  const json = (name: string) => JSON.parse(readFileSync(join(place, name), 'utf8'));
  expect(json('huizhi-1.2.3.cdx.json')).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'huizhi', version } },
  });
  expect(json('huizhi-1.2.3.spdx.json')).toMatchObject({
    spdxVersion: expect.stringMatching(/^SPDX-/),
    name: 'huizhi@1.2.3',
  });
  execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: place });
  const packed = execFileSync('tar', ['-xzOf', 'huizhi-1.2.3.tgz', 'package/package.json'], {
    cwd: place,
    encoding: 'utf8',
  });
  expect(JSON.parse(packed)).toMatchObject({ bugs: { url: 'https://git.example.org/people/huizhi/issues' } });
}

test('a release fills package.json and SECURITY.md from one file, is tagged, has its files, and is checked before it is published', () => {
  const folder = repository();
  expect(run(folder, '--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run release') });
  const before = stateOf(folder);
  const dry = run(folder, '--dry-run');
  expect([dry.stderr, dry.status]).toEqual(['', 0]);
  expect(dry.stdout).toContain('The tag v1.2.3 would be created; nothing was changed.');
  expect(stateOf(folder)).toEqual(before);
  const made = run(folder);
  expect([made.stderr, made.status]).toEqual(['', 0]);
  expect(manifestOf(folder)).toMatchObject({
    repository: { type: 'git', url: 'git+https://git.example.org/people/huizhi.git' },
    bugs: { url: 'https://git.example.org/people/huizhi/issues' },
    homepage: 'https://git.example.org/people/huizhi#readme',
  });
  expect(readFileSync(join(folder, 'SECURITY.md'), 'utf8')).toContain(
    'Report a vulnerability privately to [security@example.org](mailto:security@example.org).',
  );
  expect(git(folder, 'status', '--porcelain')).toBe('');
  expect(git(folder, 'tag', '--list', '--format=%(contents)')).toBe('huizhi 1.2.3\n\n- A change.');
  expect(git(folder, 'rev-parse', 'v1.2.3^{commit}')).toBe(git(folder, 'rev-parse', 'main'));
  checkArtefacts(folder);
  expect(run(folder, '--check').status).toBe(0);
  expect(run(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining('v1.2.3 exists already') });
  const { scripts } = manifestOf(root);
  expect([scripts.release, scripts.prepublishOnly]).toEqual([
    'node scripts/release.ts',
    'node scripts/release.ts --check',
  ]);
});

const manifest = JSON.parse(files['package.json'] ?? '');
const changelog = files['CHANGELOG.md'] ?? '';

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'entries that are not released',
    { 'CHANGELOG.md': changelog.replace('Unreleased\n', 'Unreleased\n\n- New.\n') },
    /under "Unreleased"/,
  ],
  [
    'no dated section',
    { 'CHANGELOG.md': changelog.replace(', 2026-01-31', ', soon') },
    /no section "## 1\.2\.3, YYYY-MM-DD"/,
  ],
  ['an empty section', { 'CHANGELOG.md': changelog.replace('- A change.', '') }, /section of 1\.2\.3 .* is empty/],
  [
    'another version in the lock file',
    { 'package-lock.json': files['package-lock.json']?.replaceAll(version, '1.2.2') ?? '' },
    /package-lock\.json has version 1\.2\.2/,
  ],
  ['another version in a page', { 'README.md': 'huizhi-1.2.2.tgz' }, /README\.md names version 1\.2\.2/],
  [
    'pages that are not up to date',
    { 'package.json': JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, docs: 'echo 2 > docs.txt' } }) },
    /not up to date: commit docs\.txt/,
  ],
  [
    'a package without its program and with a test',
    {
      'package.json': JSON.stringify({
        ...manifest,
        bin: { huizhi: './dist/other.js' },
        files: ['dist', 'CHANGELOG.md'],
      }),
      'dist/a.test.js': '',
    },
    /dist\/other\.js is missing, dist\/a\.test\.js does not belong/,
  ],
])('a release with %s is refused, and changes neither files of the repository nor tags', (_, changed, why) => {
  const folder = repository(changed);
  const [, ...before] = stateOf(folder);
  const { status, stderr } = run(folder);
  expect([status, stderr]).toEqual([1, expect.stringMatching(why)]);
  const [left, ...after] = stateOf(folder);
  expect(after).toEqual(before);
  expect(left).toBe(why.source.includes('docs') ? 'M docs.txt' : '');
});

test('a release is made of a clean tree on main', () => {
  const folder = repository();
  writeFileSync(join(folder, 'README.md'), 'changed');
  git(folder, 'checkout', '--quiet', '-b', 'other');
  const { status, stderr } = run(folder);
  expect([status, stderr]).toEqual([1, expect.stringContaining('not committed: README.md')]);
  expect(stderr).toContain('made on main, and this is other');
});

test('while release.json is empty, package.json has none of the fields that it fills', () => {
  const release = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8'));
  const manifest = manifestOf(root);
  for (const field of ['repository', 'bugs', 'homepage']) expect(field in manifest).toBe(release.repository !== '');
});
