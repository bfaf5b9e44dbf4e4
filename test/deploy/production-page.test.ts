/**
 * The page "Run in production" is correct: its commands for one process with SQLite run here in their order, in a folder
 * instead of `/`. What only a real machine has (npm's registry, systemd, users, nginx) is replaced by the least.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requirePrograms } from '../support/debian.ts';
import { blocksOf, pageText, root } from '../support/pages.ts';
import { freePort } from './support/proxies.ts';

const run = promisify(execFile);
const page = pageText('docs/how-to/run-in-production.md');
const main = join(root, 'dist', 'cli', 'main.js');

/** The text of a section, without the sections below it. */
function sectionOf(heading: string): string {
  const [, text] = page.split(new RegExp(`^#+ ${heading}$`, 'm'));
  if (text === undefined) throw new Error(`the page has no section ${heading}`);
  return text.split(/^#+ /m)[0] ?? '';
}

const blocksIn = (heading: string, wanted: string) =>
  blocksOf(sectionOf(heading)).flatMap(({ language, text }) => (language === wanted ? [text] : []));

const sections = [
  'Install',
  'On a machine with systemd',
  'A certificate',
  'nginx',
  'Caddy',
  'TLS without a proxy',
  'The first message',
  'Operators',
  'Back up and restore',
  'Metrics',
];

/** The huizhi.yaml of the page about the settings, with what this page adds. */
const setup = blocksOf(pageText('docs/how-to/self-host.md'))
  .find(({ language }) => language === 'yaml')
  ?.text.replace('replace-this-by-a-long-random-text', 'f3b1c2a97d5e4806b1a7')
  .concat('publicUrl: https://receipts.example.com\n');

/** npm links the built package, systemctl starts the program of the unit, and files belong to the user of the tests. */
const machineOf = (at: string, port: number) => `
set -euo pipefail
cd '${at}/checkout'
npm() { mkdir -p "$4/bin"; ln -s '${main}' "$4/bin/huizhi"; }
useradd() { mkdir -p '${at}/var/lib/huizhi'; }
nginx() { true; }
promtool() { if test -n "$(type -P promtool)"; then command promtool "$@"; fi; }
runuser() { shift 3; "$@"; }
install() {
  local kept=()
  while test $# -gt 0; do
    case $1 in -g | -o) shift 2 ;; *) kept+=("$1"); shift ;; esac
  done
  command install "\${kept[@]}"
}
server=
start() {
  mapfile -t settings < <(
    sed -n 's/^Environment=//p' '${at}/etc/systemd/system/huizhi.service' |
      sed 's#%d#${at}/etc/huizhi#; s#=/var/#=${at}/var/#'
  )
  cd '${at}/var/lib/huizhi'
  exec env -i PATH="$PATH" "\${settings[@]}" HUIZHI_PORT=${port} huizhi serve > /dev/null 2>> '${at}/log'
}
stop() { if test -n "$server"; then kill "$server"; wait "$server" || true; fi; server=; }
systemctl() {
  case "$*" in
    'enable --now huizhi' | 'start huizhi') start & server=$! ;;
    'stop huizhi') stop ;;
  esac
}
trap stop EXIT
`;

/** The folders that Debian and its packages have. */
const folders = ['checkout', 'usr/local/bin', 'etc/systemd/system', 'etc/nginx/conf.d', 'etc/caddy', 'etc/prometheus'];

describe.runIf(process.platform === 'linux')('the page about production', () => {
  const at = mkdtempSync(join(tmpdir(), 'huizhi-production-'));
  const mode = (path: string) => (statSync(join(at, path)).mode & 0o777).toString(8);
  let printed: string;

  beforeAll(async () => {
    for (const name of folders) mkdirSync(join(at, name), { recursive: true });
    symlinkSync(join(root, 'deploy'), join(at, 'checkout', 'deploy'));
    writeFileSync(join(at, 'checkout', 'huizhi.yaml'), setup ?? '');
    const port = await freePort();
    const commands = sections.map((name) => `echo '## ${name}'\n${blocksIn(name, 'sh').join('')}`).join('');
    const moved = commands
      .replaceAll(/(?<![\w.])\/(?:etc|var|opt|usr\/local)\//g, (path) => at + path)
      .replaceAll('127.0.0.1:8720', `127.0.0.1:${port}`)
      // A start takes longer beside other tests.
      .replaceAll('--retry 60 ', '--retry 600 ');
    const file = join(at, 'page.sh');
    const end = `
curl -s --retry 600 --retry-delay 1 --retry-connrefused http://127.0.0.1:${port}/readyz
echo '## then'
huizhi admin operators list
huizhi status "$(cat key)"
`;
    writeFileSync(file, machineOf(at, port) + moved + end);
    const path = `${join(at, 'usr', 'local', 'bin')}:${join(process.execPath, '..')}:${process.env.PATH}`;
    ({ stdout: printed } = await run('bash', [file], { env: { PATH: path, HOME: at } }));
  }, 300_000);
  afterAll(() => rmSync(at, { recursive: true, force: true }));

  const printedBy = (section: string) => printed.split(`## ${section}\n`)[1]?.split('## ')[0] ?? '';

  test('starts a server that is ready, with secrets that only root can read', () => {
    expect(printedBy('Install')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(printedBy('On a machine with systemd').trim()).toBe(
      blocksIn('On a machine with systemd', 'json')[0]?.trim(),
    );
    for (const name of ['admin-token', 'huizhi.yaml', 'metrics-token', 'tls/privkey.pem', 'ca/ca.key'])
      expect([name, mode(`etc/huizhi/${name}`)]).toEqual([name, '600']);
  });

  test('makes a certificate for the name of the page, with an authority that vouches for it', () => {
    const [ca, cert] = ['ca/ca.pem', 'tls/fullchain.pem'].map((name) => join(at, 'etc', 'huizhi', name));
    const args = ['verify', '-verify_hostname', 'receipts.example.com', '-CAfile', ca ?? '', cert ?? ''];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).toMatch(/: OK\n$/);
  });

  test('gives nginx one process, and Caddy the certificate', ({ skip }) => {
    expect(readFileSync(join(at, 'etc/nginx/conf.d/huizhi.conf'), 'utf8').match(/^ +server 127.*$/gm)).toEqual([
      '    server 127.0.0.1:8720;',
    ]);
    const lacking = requirePrograms(['caddy']);
    skip(lacking !== undefined, lacking);
    const file = join(at, 'etc', 'caddy', 'Caddyfile');
    expect(readFileSync(file, 'utf8')).toContain(
      `\n\ttls ${at}/etc/caddy/tls/fullchain.pem ${at}/etc/caddy/tls/privkey`,
    );
    const args = ['validate', '--adapter', 'caddyfile', '--config', file];
    const { status, stderr } = spawnSync('caddy', args, { encoding: 'utf8', env: { ...process.env, HOME: at } });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  test('sends a message, and prints a link of a user and links of two operators', () => {
    expect(printedBy('The first message')).toContain('https://receipts.example.com/?code=');
    expect(printedBy('The first message')).toMatch(/0 of 1 read/);
    expect(printedBy('Operators').match(/https:\/\/receipts\.example\.com\/console#link=/g)).toHaveLength(2);
  });

  test('backs up, checks, and restores what the backup has', () => {
    expect(printedBy('Back up and restore').match(/^ok /gm)).toHaveLength(8);
    expect(mode('checkout/now.db')).toBe('600');
    expect(statSync(join(at, 'checkout', 'trial', 'huizhi.db')).size).toBeGreaterThan(0);
    expect(printedBy('then')).toMatch(/李强 +auditor@dingexample/);
    expect(printedBy('then')).toMatch(/0 of 1 read/);
  });
});

/** The settings that the page adds to units, by the section with each. */
const dropIns = ['On a machine with systemd', 'TLS without a proxy', 'Metrics'];

test.for(dropIns)('systemd knows the settings of the section "%s"', (section, { skip }) => {
  const lacking = requirePrograms(['systemd-analyze'], ['systemd']);
  skip(lacking !== undefined, lacking);
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-drop-in-'));
  const [settings = ''] = blocksIn(section, 'ini');
  const unit = readFileSync(join(root, 'deploy', 'systemd', 'huizhi.service'), 'utf8');
  mkdirSync(join(folder, 'huizhi.service.d'));
  writeFileSync(join(folder, 'huizhi.service'), unit.replaceAll('/usr/local/bin/huizhi', process.execPath));
  writeFileSync(join(folder, 'huizhi.service.d', 'override.conf'), settings);
  const args = ['verify', join(folder, 'huizhi.service')];
  const { status, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  expect(settings).toMatch(/^\[Service\]\n/);
  expect([status, stderr.split('\n').filter((line) => line.includes('huizhi'))]).toEqual([0, []]);
});
