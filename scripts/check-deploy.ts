/**
 * Checks the files in deploy/ with the tools of their platforms: helm, kubeconform and systemd-analyze.
 *
 *     npm run check:deploy
 *
 * helm and kubeconform are built from their Go modules into node_modules/.cache/, which takes some minutes the first
 * time, and needs Go. Without systemd the units are not checked, and the last line says so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const chart = join(root, 'deploy', 'helm', 'huizhi');
const schemas = join(root, 'deploy', 'helm', 'schemas');
const units = join(root, 'deploy', 'systemd');
const cache = join(root, 'node_modules', '.cache', 'huizhi-deploy');

const modules = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.22.0',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
} as const;

/** The version for which the chart is rendered, that of the schemas: a helm without one is built for an old one. */
const kubernetes = '1.33.0';

/** The score of `systemd-analyze security`, times ten, that no unit may reach: 0 is best, 100 is worst. */
const mostExposed = 30;

/** Returns the path of a tool of this version, which is built if it is missing. */
function build(name: keyof typeof modules): string {
  const folder = join(cache, modules[name].replaceAll(/[^\w.-]/g, '_'));
  const tool = join(folder, name);
  if (existsSync(tool)) return tool;
  mkdirSync(folder, { recursive: true });
  process.stdout.write(`building ${modules[name]}\n`);
  execFileSync('go', ['install', modules[name]], {
    env: { ...process.env, GOBIN: folder },
    stdio: 'inherit',
    cwd: '/',
  });
  return tool;
}

/** Runs a tool, and returns its output. Throws an error with all of it if the tool fails. */
function run(tool: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', input });
  if (status === 0) return stdout;
  throw new Error(`${tool} ${args.join(' ')} failed (${status}):\n${stdout}${stderr}`);
}

/** The files of values in the chart with which it is checked. */
const cases = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name));

function checkChart(): void {
  const [helm, kubeconform] = [build('helm'), build('kubeconform')];
  const location = join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json');
  for (const values of cases) {
    run(helm, ['lint', '--strict', chart, '--values', values]);
    const asked = ['--namespace', 'receipts', '--kube-version', kubernetes, '--values', values];
    const rendered = run(helm, ['template', 'huizhi', chart, ...asked]);
    const args = ['-strict', '-summary', '-schema-location', location, '-'];
    process.stdout.write(`${values.slice(root.length)}: ${run(kubeconform, args, rendered)}`);
    refuseMistake(kubeconform, args, rendered);
  }
  refuseMissingValues(helm);
}

/** The check would be worthless if the schemas accepted a misspelt member. */
function refuseMistake(kubeconform: string, args: readonly string[], rendered: string): void {
  const misspelt = rendered.replace('readOnlyRootFilesystem', 'readonlyRootFilesystem');
  if (misspelt === rendered) throw new Error('the chart sets no readOnlyRootFilesystem');
  if (spawnSync(kubeconform, args, { input: misspelt }).status === 0)
    throw new Error('kubeconform accepts a misspelt member');
}

/** A chart without its secrets would start pods that cannot run. */
function refuseMissingValues(helm: string): void {
  const { status, stderr } = spawnSync(helm, ['template', 'huizhi', chart, '--kube-version', kubernetes], {
    encoding: 'utf8',
  });
  if (status === 0 || !/existingSecret/.test(stderr))
    throw new Error(`helm accepts a chart without secrets: ${stderr}`);
}

/** Returns whether systemd-analyze is there to check the units. */
function checkUnits(): boolean {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return false;
  for (const name of readdirSync(units).filter((one) => one.endsWith('.service'))) {
    const args = ['security', '--offline=yes', '--no-pager', `--threshold=${mostExposed}`, join(units, name)];
    process.stdout.write(run('systemd-analyze', args).trim().split('\n').at(-1)?.concat('\n') ?? '');
  }
  return true;
}

checkChart();
const checked = checkUnits() ? 'the chart and the units' : 'the chart, but not the units: there is no systemd-analyze';
process.stdout.write(`checked ${checked}\n`);
