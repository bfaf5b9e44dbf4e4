/**
 * Makes a release. release.json has the address of the repository and the contact for vulnerabilities; this script
 * writes both into package.json and SECURITY.md. While release.json is empty there are no such fields, and a release is
 * refused. Then it checks the repository, makes the files of the release in release/, and creates a commit, if the fields
 * have changed, and a tag. It publishes nothing: pushing the tag does. `--dry-run` makes the files, and neither commit nor
 * tag. `--check` writes nothing, and fails unless the files are as they would be written, with the version that the lock
 * file, the changelog and the pages have; npm runs it before it publishes. `--check --artefacts` makes the files, too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeArtefacts } from './release-artefacts.ts';
import {
  checkChangelog,
  checkTag,
  checkTree,
  checkVersions,
  git,
  listChanges,
  readNotes,
  readVersion,
} from './release-checks.ts';

type Release = { readonly repository: string; readonly contact: string };
type Manifest = Readonly<Record<string, unknown>>;

const root = process.cwd();
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** What is wrong with release.json, as sentences. */
function complaints({ repository, contact }: Release): readonly string[] {
  const isRepository = /^https:\/\/[^/\s]+\/\S+[^/\s]$/.test(repository) && !repository.endsWith('.git');
  const isContact = /^(?:mailto:\S+@\S+\.\S+|https:\/\/\S+)$/.test(contact);
  return [
    ...(isRepository ? [] : ['repository must be the https address of the repository, without .git']),
    ...(isContact ? [] : ['contact must be mailto: with an address, or an https page for reports of vulnerabilities']),
  ];
}

function releasedManifest(manifest: Manifest, { repository }: Release): Manifest {
  const { name, version, description, ...rest } = manifest;
  const { repository: _, bugs: __, homepage: ___, ...others } = rest;
  return {
    name,
    version,
    description,
    homepage: `${repository}#readme`,
    repository: { type: 'git', url: `git+${repository}.git` },
    bugs: { url: `${repository}/issues` },
    ...others,
  };
}

const contactLine = /^<!-- contact -->.*$/m;

function releasedSecurityPage(page: string, { contact }: Release): string {
  if (!contactLine.test(page)) throw new Error('SECURITY.md has no line that begins with <!-- contact -->');
  const shown = contact.replace(/^mailto:/, '');
  return page.replace(contactLine, () => `<!-- contact -->Report a vulnerability privately to [${shown}](${contact}).`);
}

function fail(sentences: readonly string[]): never {
  process.stderr.write(sentences.map((sentence) => `${sentence}\n`).join(''));
  process.exit(1);
}

/** The files that have the fields of release.json, as they should be. */
function releasedTexts(release: Release): Readonly<Record<string, string>> {
  const manifest = releasedManifest(JSON.parse(read('package.json')) as Manifest, release);
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'SECURITY.md': releasedSecurityPage(read('SECURITY.md'), release),
  };
}

/** Runs the generators of the documentation. Returns which files they have changed. */
function checkDocs(): readonly string[] {
  execFileSync('npm', ['run', '--silent', 'docs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const changed = listChanges();
  return changed.length === 0 ? [] : [`Generated files were not up to date: commit ${changed.join(', ')}.`];
}

function refuse(sentences: readonly string[]): void {
  if (sentences.length > 0) fail(['There is no release:', ...sentences.map((one) => `  ${one}`)]);
}

const say = (text: string) => process.stdout.write(`${text}\n`);

type Texts = readonly (readonly [name: string, text: string])[];

/** Writes the fields, makes the files of the release, and commits and tags the version; a failure changes nothing. */
function releaseVersion(version: string, texts: Texts): void {
  const names = texts.map(([name]) => name);
  for (const [name, text] of texts) writeFileSync(join(root, name), text);
  try {
    sayMade(version);
  } catch (error) {
    if (names.length > 0) git('checkout', '--quiet', '--', ...names);
    throw error;
  }
  if (names.length > 0)
    git('commit', '--quiet', '--message', `release: write the fields of ${version}`, '--', ...names);
  const notes = `huizhi ${version}\n\n${readNotes(version)}\n`;
  git('tag', '--annotate', '--cleanup=verbatim', '--message', notes, `v${version}`);
  for (const name of names) say(`${name} is written and committed.`);
  say(`The tag v${version} is created. Publish it: git push --atomic origin main v${version}`);
}

function sayMade(version: string): void {
  for (const path of makeArtefacts(version)) say(`${path} is made.`);
}

function makeRelease(version: string, texts: Texts, isDryRun: boolean): void {
  refuse([...checkTree(), ...checkTag(version), ...checkChangelog(version), ...checkVersions(version)]);
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  refuse(checkDocs());
  if (isDryRun) {
    sayMade(version);
    for (const [name] of texts) say(`${name} would be written and committed.`);
    say(`The tag v${version} would be created; nothing was changed.`);
  } else {
    releaseVersion(version, texts);
  }
}

const release = JSON.parse(read('release.json')) as Release;
const wrong = complaints(release);
if (wrong.length > 0) fail(['There is no release before release.json is filled:', ...wrong.map((one) => `  ${one}`)]);
const outdated = Object.entries(releasedTexts(release)).filter(([name, text]) => text !== read(name));
const version = readVersion();
try {
  if (process.argv.includes('--check')) {
    refuse(outdated.map(([name]) => `${name} is not as release.json says: run npm run release.`));
    refuse([...checkChangelog(version), ...checkVersions(version)]);
    if (process.argv.includes('--artefacts')) sayMade(version);
  } else {
    makeRelease(version, outdated, process.argv.includes('--dry-run'));
  }
} catch (error) {
  fail([error instanceof Error ? error.message : String(error)]);
}
