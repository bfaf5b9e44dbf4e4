/** What a release requires, and what is refused without it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../support/pages.ts';

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

test('a release fills package.json and SECURITY.md from one file, and is checked before it is published', () => {
  const folder = checkout(filled);
  expect(run(folder, '--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run release') });
  expect(run(folder).status).toBe(0);
  expect(manifestOf(folder)).toMatchObject({
    repository: { type: 'git', url: 'git+https://git.example.org/people/huizhi.git' },
    bugs: { url: 'https://git.example.org/people/huizhi/issues' },
    homepage: 'https://git.example.org/people/huizhi#readme',
  });
  expect(readFileSync(join(folder, 'SECURITY.md'), 'utf8')).toContain(
    'Report a vulnerability privately to [security@example.org](mailto:security@example.org).',
  );
  expect(run(folder, '--check').status).toBe(0);
  const { scripts } = manifestOf(root);
  expect([scripts.release, scripts.prepublishOnly]).toEqual([
    'node scripts/release.ts',
    'node scripts/release.ts --check',
  ]);
});

test('while release.json is empty, package.json has none of the fields that it fills', () => {
  const release = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8'));
  const manifest = manifestOf(root);
  for (const field of ['repository', 'bugs', 'homepage']) expect(field in manifest).toBe(release.repository !== '');
});
