/** A real Prometheus: it scrapes a server as deploy/ configures it, and answers what the dashboard and the alerts ask. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { metrics } from '../../../src/wire/metrics/table.ts';
import { programPath, requirePrograms } from '../../support/debian.ts';
import { root } from '../../support/pages.ts';
import { type Server, startServer } from '../support/harness.ts';
import { world } from '../support/world.ts';

const run = promisify(execFile);
const lacking = requirePrograms(['prometheus', 'promtool'], ['prometheus']);
const metricsToken = 'token-of-the-metrics-in-this-test';
const deploy = join(root, 'deploy');
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');

type Panel = { readonly type: string; readonly title: string; readonly targets?: readonly { readonly expr: string }[] };
const { panels } = JSON.parse(read('grafana/huizhi.json')) as { readonly panels: readonly Panel[] };
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

type Rule = { readonly alert: string; readonly expr: string };
const rules = (
  parse(read('prometheus/alerts.yaml')) as { readonly groups: readonly { readonly rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);

describe('the files in deploy/', () => {
  test('use metrics of the table, of Node.js and of Prometheus only, and the dashboard shows every metric', () => {
    const texts = [...queries.map(({ expr }) => expr), ...rules.map(({ expr }) => expr)].join('\n');
    const used = new Set([...texts.matchAll(/\b(huizhi_[a-z_]+)\b/g)].map(([, name = '']) => name));
    const names = Object.entries(metrics).flatMap(([name, { type }]) =>
      type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => name + end) : [name],
    );
    expect([...used].filter((name) => !names.includes(name))).toEqual([]);
    const shown = queries.map(({ expr }) => expr).join('\n');
    expect(Object.keys(metrics).filter((name) => !new RegExp(`\\b${name}(?:_bucket|_count)?\\b`).test(shown))).toEqual(
      [],
    );
  });

  test('have unit tests of every alert, in which it is quiet and fires', async ({ skip }) => {
    skip(lacking !== undefined, lacking);
    const promtool = programPath('promtool') ?? '';
    const cwd = join(deploy, 'prometheus');
    expect((await run(promtool, ['check', 'rules', 'alerts.yaml'], { cwd })).stdout).toContain(`${rules.length} rules`);
    await run(promtool, ['test', 'rules', 'alerts.test.yaml'], { cwd });
    type Case = { readonly alertname: string; readonly exp_alerts: readonly unknown[] };
    const { tests } = parse(read('prometheus/alerts.test.yaml')) as {
      readonly tests: readonly { readonly alert_rule_test: readonly Case[] }[];
    };
    const cases = tests.flatMap((one) => one.alert_rule_test);
    for (const { alert } of rules)
      expect([
        alert,
        ...cases.filter(({ alertname }) => alertname === alert).map((one) => one.exp_alerts.length),
      ]).toEqual([alert, 0, 1]);
  });
});

describe('a Prometheus that scrapes a server', () => {
  let server: Server;
  let prometheus: ChildProcess;
  let url = '';
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-prometheus-'));

  /** Queries Prometheus; resolves with the series. */
  const query = async (expr: string): Promise<readonly { readonly value: readonly [number, string] }[]> => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
    const answer = (await response.json()) as { status: string; error?: string; data: { result: never[] } };
    expect([expr, answer.status, answer.error]).toEqual([expr, 'success', undefined]);
    return answer.data.result;
  };
  const until = async (isDone: () => Promise<boolean>) => {
    while (!(await isDone().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  beforeAll(async () => {
    if (lacking) return;
    server = await startServer({ metricsToken });
    const there = world(server);
    for (let i = 0; i < 5; i++) await there.receipt(await there.sent());
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = read('prometheus/prometheus.yaml')
      .replaceAll(/(?:scrape|evaluation)_interval: 15s/g, (line) => line.replace('15s', '200ms'))
      .replace('127.0.0.1:8720', `127.0.0.1:${server.port}`);
    writeFileSync(join(folder, 'prometheus.yml'), config);
    writeFileSync(join(folder, 'metrics-token'), metricsToken);
    cpSync(join(deploy, 'prometheus/alerts.yaml'), join(folder, 'alerts.yaml'));
    prometheus = spawn(
      programPath('prometheus') ?? '',
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    await until(async () => (await query('count_over_time(huizhi_build_info[1m]) > 5')).length > 0);
    await there.receipt(await there.sent());
    await until(async () => (await query('sum(huizhi_sends_total) >= 6')).length > 0);
  }, 120_000);
  afterAll(async () => {
    if (prometheus) {
      const ended = once(prometheus, 'exit');
      prometheus.kill();
      await ended;
    }
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is refused without the token', async ({ skip }) => {
    skip(lacking !== undefined, lacking);
    for (const headers of [{}, { authorization: 'Bearer wrong-token-of-the-metrics' }]) {
      const { status, body } = await server.call('GET', '/metrics', { headers });
      expect([status, body.code]).toEqual([401, 'huizhi.unauthorized']);
    }
    const [up] = await query('up{job="huizhi"}');
    expect(up?.value[1]).toBe('1');
  });

  test('answers every query of the dashboard, and those of the core panels with data', async ({ skip }) => {
    skip(lacking !== undefined, lacking);
    const empty: string[] = [];
    for (const { title, expr } of queries) {
      const plain = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.+');
      if ((await query(plain)).length === 0) empty.push(title);
    }
    for (const { title } of queries.filter((one) => corePanels.includes(one.title))) expect(empty).not.toContain(title);
    expect(corePanels.filter((title) => !queries.some((one) => one.title === title))).toEqual([]);
  });

  test('has loaded the alerts, and none fires', async ({ skip }) => {
    skip(lacking !== undefined, lacking);
    const rulesOf = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { name: string; health: string; state: string }[] }[] };
    };
    const loaded = rulesOf.data.groups.flatMap((group) => group.rules);
    expect(loaded.map(({ name }) => name)).toEqual(rules.map(({ alert }) => alert));
    expect(loaded.filter(({ health, state }) => health === 'err' || state === 'firing')).toEqual([]);
  });
});

/** Panels that have data for any server with some load. */
const corePanels = [
  'Requests',
  'Response time of the API',
  'Sends by result',
  'Recipients by result',
  'Arrivals',
  'Time from send to arrival',
  'Undelivered messages',
  'Reads',
  'Recalls',
  'Outbox',
  'Open streams',
  'Hits of caches',
  'Slow statements',
  'Available',
  'Sign-ins',
  'Connections and bodies',
  'Processor and event loop',
  'Memory',
];

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
