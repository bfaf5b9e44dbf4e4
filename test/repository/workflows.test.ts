/** The files for a forge: that they are valid, and agree with the package and its documentation. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/pages.ts';

type Step = { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> };
type Job = {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
};
type Workflow = {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
};

const read = (name: string) => readFileSync(join(root, name), 'utf8');

const folder = '.github/workflows';
const workflows = readdirSync(join(root, folder)).map((name) => {
  const text = read(`${folder}/${name}`);
  return { name, text, workflow: parse(text) as Workflow };
});
const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).map((name) => `.github/ISSUE_TEMPLATE/${name}`);
const manifest = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

const jobsOf = ({ workflow }: (typeof workflows)[number]) => Object.values(workflow.jobs);
const findJob = (name: string, job: string) => workflows.find((one) => one.name === name)?.workflow.jobs[job];

test.each(workflows)('$name has the least rights, and one run at a time', ({ workflow }) => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(workflow.concurrency.group).not.toBe('');
  for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
});

test('only code scanning and the release have more rights', () => {
  const rights = workflows.flatMap((one) =>
    jobsOf(one).flatMap(({ permissions }) => (permissions ? [[one.name, permissions]] : [])),
  );
  expect(rights).toEqual([
    ['codeql.yml', { contents: 'read', 'security-events': 'write' }],
    ['release.yml', { contents: 'write', 'id-token': 'write' }],
  ]);
});

test.each(workflows)(
  '$name pins each action by its commit, and stores no credentials of the checkout',
  ({ text, workflow }) => {
    for (const [, action = ''] of text.matchAll(/uses: (.*)$/gm))
      expect(action).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with).toEqual({ 'persist-credentials': false });
  },
);

test.each(workflows)('$name runs scripts and programs that exist', (one) => {
  const lines = jobsOf(one).flatMap(({ steps }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run])));
  for (const line of lines) {
    const [, script] = /npm (?:run )?(?!ci|publish)([\w:]+)/.exec(line) ?? [];
    if (script !== undefined) expect(Object.keys(manifest.scripts)).toContain(script);
    for (const [path] of line.matchAll(/(?:src|test|node_modules)\/[\w./-]+/g))
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  }
});

test('the tests run on each version of Node.js and PostgreSQL that the documentation names', () => {
  const page = read('docs/how-to/upgrade.md');
  const [, node = ''] = /^\| Node\.js \| (.*) \|$/m.exec(page) ?? [];
  const [, postgres = ''] = /^\| PostgreSQL \| (.*) \|$/m.exec(page) ?? [];
  const [oldest = ''] = node.match(/\d+\.\d+/) ?? [];
  expect(manifest.engines.node).toBe(`>=${oldest}`);
  const majors = node.match(/(?<![.\d])\d+(?!\.?\d)/g) ?? [];
  expect(findJob('ci.yml', 'node')?.strategy?.matrix.node).toEqual([oldest, oldest.split('.')[0], ...majors]);
  expect(findJob('ci.yml', 'postgres')?.strategy?.matrix.postgres).toEqual(postgres.match(/\d+/g));
});

test('the release publishes with provenance, after the tests, what was checked', () => {
  const lines = findJob('release.yml', 'publish')?.steps.flatMap(({ run }) => run ?? []) ?? [];
  const position = (part: string) => lines.findIndex((line) => line.includes(part));
  const order = ['npm ci', 'GITHUB_REF_NAME', 'npm test', '--check --artefacts', 'npm publish'].map(position);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(lines[4]).toContain('--provenance');
});

test('.nvmrc has the version of Node.js that the scripts use', () => {
  expect(read('.nvmrc')).toBe(`${manifest.devDependencies.node}\n`);
});

test('.editorconfig agrees with the formatter', () => {
  const { formatter } = JSON.parse(read('biome.json')) as { formatter: Readonly<Record<string, unknown>> };
  const [, general = ''] = read('.editorconfig').split(/^\[/m);
  const set = Object.fromEntries([...general.matchAll(/^(\w+) = (.*)$/gm)].map(([, name, value]) => [name, value]));
  expect(set).toMatchObject({
    indent_style: formatter.indentStyle,
    indent_size: String(formatter.indentWidth),
    max_line_length: String(formatter.lineWidth),
    end_of_line: 'lf',
  });
});

test.each(forms.filter((name) => !name.endsWith('config.yml')))('%s is a form with labels and fields', (name) => {
  const form = parse(read(name)) as {
    name: string;
    description: string;
    body: readonly Readonly<Record<string, unknown>>[];
  };
  expect([typeof form.name, typeof form.description]).toEqual(['string', 'string']);
  const fields = form.body.filter(({ type }) => type !== 'markdown');
  for (const { id, attributes } of fields)
    expect([id, attributes]).toEqual([expect.any(String), expect.objectContaining({ label: expect.any(String) })]);
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
});

test('the files name no host but the registry', () => {
  const texts = [
    ...workflows.map(({ text }) => text),
    ...forms.map(read),
    read('.github/dependabot.yml'),
    read('.github/PULL_REQUEST_TEMPLATE.md'),
  ];
  const hosts = texts.flatMap((text) => [...text.matchAll(/https?:\/\/([^\s/]+)/g)].map(([, host]) => host));
  expect(new Set(hosts)).toEqual(new Set(['registry.npmjs.org']));
});
