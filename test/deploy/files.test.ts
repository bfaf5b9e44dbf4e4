/** The files of deploy/ agree with the code: options, paths, ports, users and calls that they name exist. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { options } from '../../src/config/options.ts';
import { createOpenapi } from '../../src/wire/openapi/document.ts';
import { programPath, requirePrograms } from '../support/debian.ts';
import { isLong } from '../support/long.ts';
import { root } from '../support/pages.ts';

const deploy = join(root, 'deploy');
const text = (...path: readonly string[]) => readFileSync(join(deploy, ...path), 'utf8');

const serveVariables = options
  .filter(({ commands }) => commands.includes('serve'))
  .flatMap(({ environment }) => environment);

/** Variables of the proxies and of Compose itself. */
const otherVariables = ['HUIZHI_DOMAIN', 'HUIZHI_UPSTREAMS'];

const files = readdirSync(deploy, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('schemas'))
  .map((entry) => join(entry.parentPath, entry.name));

test('every variable in deploy/ and in the Dockerfile is one of an option of huizhi serve', () => {
  const named = [...files, join(root, 'Dockerfile')].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bHUIZHI_[A-Z_]+\b/g)].map(([name]) => name),
  );
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => ![...serveVariables, ...otherVariables].includes(name))).toEqual([]);
});

test('every port in deploy/ that belongs to huizhi is its default, or the next one', () => {
  const port = options.find(({ name }) => name === 'port')?.default;
  const named = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\b87\d\d\b/g)].map(([one]) => one));
  expect([...new Set(named)].toSorted()).toEqual([port, String(Number(port) + 1)]);
});

type Service = {
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: object;
  readonly networks: readonly string[];
  readonly stop_grace_period?: string;
};

type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: {
    readonly inside: { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } };
  };
  readonly volumes: object;
  readonly secrets: object;
};

describe.each([
  ['sqlite', ['huizhi', 'caddy']],
  ['postgres', ['huizhi-1', 'huizhi-2', 'database', 'caddy']],
])('the compose file of %s', (kind, names) => {
  const compose = parse(text('compose', kind, 'compose.yaml'), { merge: true }) as Compose;
  const { services } = compose;
  const own = names.filter((name) => name.startsWith('huizhi')).map((name) => services[name]);

  test('has services, volumes, secrets and networks that refer to each other', () => {
    expect(Object.keys(services)).toEqual(names);
    for (const { secrets = [], volumes, networks, depends_on = {} } of Object.values(services)) {
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining([...secrets]));
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((volume) => !volume.startsWith('.'));
      expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
      expect(networks).toEqual(['inside']);
      for (const [name, { condition }] of Object.entries(depends_on))
        expect([condition, names]).toEqual(['service_healthy', expect.arrayContaining([name])]);
    }
  });

  test('starts processes of huizhi without rights, on a read-only root, with secrets from files', () => {
    for (const service of own) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service?.stop_grace_period).toBe('60s');
      for (const [name, value] of Object.entries(service?.environment ?? {}))
        if (name.endsWith('_FILE')) expect(service?.secrets).toContain(value.replace('/run/secrets/', ''));
      expect(service?.environment.HUIZHI_TRUSTED_PROXY).toBe(compose.networks.inside.ipam.config[0]?.subnet);
    }
  });

  test('has a proxy that reaches every process by its name', () => {
    const upstreams = services.caddy?.environment.HUIZHI_UPSTREAMS?.split(' ');
    expect(upstreams).toEqual(names.filter((name) => name.startsWith('huizhi')).map((name) => `${name}:8720`));
  });
});

type Values = { readonly ingress: { readonly exactPaths: readonly string[]; readonly paths: readonly string[] } };

/** Calls that are for operators and probes, or exist in the emulator only. */
const inside = /^\/(?:console|docs|emulator|metrics|healthz|readyz|openapi\.json)(?:\/|$)/;

test('the Ingress of the chart passes on every call of programs and of the inbox, and none of operators', () => {
  const { paths } = createOpenapi('1.2.3') as { paths: object };
  const { exactPaths, paths: prefixes } = (parse(text('helm', 'huizhi', 'values.yaml')) as Values).ingress;
  const isPassed = (path: string) =>
    exactPaths.includes(path) || prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  const pages = ['/', '/assets/inbox.js', '/app/icon-192.png', '/app.webmanifest', '/sw.js', '/connect'];
  const wanted = [...Object.keys(paths).filter((path) => !inside.test(path)), ...pages];
  expect(wanted.length).toBeGreaterThan(80);
  expect(wanted.filter((path) => !isPassed(path))).toEqual([]);
  expect(['/console', '/console/v1/apps', '/metrics', '/readyz', '/healthz'].filter(isPassed)).toEqual([]);
});

test('the probes of the chart are the paths of health checks', () => {
  const probes = text('helm', 'huizhi', 'templates', 'deployment.yaml').matchAll(/path: (\/\w+), port: http/g);
  expect([...probes].map(([, path]) => path)).toEqual(['/healthz', '/healthz', '/readyz']);
});

test('the version of the chart is that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(parse(text('helm', 'huizhi', 'Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

const chart = join(deploy, 'helm', 'huizhi');
const cases = readdirSync(join(chart, 'ci'));

test('the files of values for the checks of the chart name values that exist', () => {
  const known = parse(text('helm', 'huizhi', 'values.yaml')) as object;
  for (const name of cases)
    for (const key of Object.keys(parse(text('helm', 'huizhi', 'ci', name)) as object))
      expect(known).toHaveProperty(key);
});

if (isLong)
  test('helm, kubeconform and systemd accept the chart and the units', { timeout: 1_800_000 }, ({ skip }) => {
    const lacking = requirePrograms(['go'], ['golang-go']);
    skip(lacking !== undefined, lacking);
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'check:deploy'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain('checked the chart');
  });

const units = readdirSync(join(deploy, 'systemd'));
const services = units.filter((name) => name.endsWith('.service'));

/** The settings of a unit after the comment about what its process may do. */
const hardening = (name: string) => text('systemd', name).split('UMask=0077')[1]?.split('\n\n')[0];

describe('the units of systemd', () => {
  const lacking = requirePrograms(['systemd-analyze'], ['systemd']);

  test('restrict one process and several in the same way', () => {
    expect(hardening('huizhi@.service')).toBe(hardening('huizhi.service'));
  });

  test('read each secret by LoadCredential, and name no other file of it', () => {
    for (const name of services) {
      const unit = text('systemd', name);
      const loaded = [...unit.matchAll(/^LoadCredential=([\w.-]+):/gm)].map(([, one]) => one);
      const used = [...unit.matchAll(/%d\/([\w.-]+)/g)].map(([, one]) => one);
      expect(used.toSorted(), name).toEqual(loaded.toSorted());
    }
  });

  test.for(services)('%s is less exposed than 3.0', (name, { skip }) => {
    skip(lacking !== undefined, lacking);
    const args = ['security', '--offline=yes', '--no-pager', '--threshold=30', join(deploy, 'systemd', name)];
    const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Overall exposure level for huizhi[\w@-]*\.service: [0-2]\.\d/);
  });

  test.for(units)('%s has no setting that systemd does not know', (name, { skip }) => {
    skip(lacking !== undefined, lacking);
    // The check looks for the programs that the unit starts.
    const folder = mkdtempSync(join(tmpdir(), 'huizhi-units-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const program = join(folder, 'huizhi');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    mkdirSync(join(folder, 'units'));
    for (const unit of units)
      writeFileSync(join(folder, 'units', unit), text('systemd', unit).replaceAll('/usr/local/bin/huizhi', program));
    const analyze = programPath('systemd-analyze') ?? '';
    const { status, stderr } = spawnSync(analyze, ['verify', join(folder, 'units', name)], { encoding: 'utf8' });
    const about = stderr.split('\n').filter((line) => line.includes('huizhi'));
    expect([status, about]).toEqual([0, []]);
  });
});

test('every YAML file in deploy/ that is no template can be parsed', () => {
  const found = files.filter((file) => /\.ya?ml$/.test(file) && !file.includes('templates'));
  expect(found.length).toBeGreaterThan(5);
  for (const file of found)
    for (const { errors } of parseAllDocuments(readFileSync(file, 'utf8'), { merge: true }))
      expect(errors, file).toEqual([]);
});
