/**
 * Prepares a release. release.json has the address of the repository and the contact for vulnerabilities; this script
 * writes both into package.json and SECURITY.md. While release.json is empty there are no such fields, and a release is
 * refused. `--check` writes nothing, and fails unless the files are as they would be written; npm runs it before it
 * publishes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

const release = JSON.parse(read('release.json')) as Release;
const wrong = complaints(release);
if (wrong.length > 0) fail(['There is no release before release.json is filled:', ...wrong.map((one) => `  ${one}`)]);
const texts = {
  'package.json': `${JSON.stringify(releasedManifest(JSON.parse(read('package.json')) as Manifest, release), null, 2)}\n`,
  'SECURITY.md': releasedSecurityPage(read('SECURITY.md'), release),
};
for (const [name, text] of Object.entries(texts)) {
  if (text === read(name)) continue;
  if (process.argv.includes('--check'))
    fail([`${name} is not as release.json says: run npm run release, and commit it.`]);
  writeFileSync(join(root, name), text);
  process.stdout.write(`${name} is written.\n`);
}
