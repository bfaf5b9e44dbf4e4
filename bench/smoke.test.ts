import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Figure } from './lib/figure.ts';
import { findWrk } from './lib/machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'huizhi-bench-smoke-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The figures with a bound, by section; how large they come out is for the bench to say, not for a test. */
const bounded = {
  start: ['half within'],
  disk: [5, 20].flatMap((n) => ['nobody has', 'half have', 'all have'].map((who) => `of ${n}, ${who} read`)),
  'read-status': ['uniform: ratio', 'hot set: ratio'],
};

type Report = {
  readonly machine: { readonly cores: number };
  readonly settings: { readonly messages: number };
  readonly sections: Readonly<Record<string, readonly Figure[]>>;
};

async function bench(...args: readonly string[]): Promise<{ readonly stdout: string; readonly report: Report }> {
  const json = join(folder, 'report.json');
  const main = join(import.meta.dirname, 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, '--json', json]);
  return { stdout, report: JSON.parse(readFileSync(json, 'utf8')) as Report };
}

describe('the benchmark', () => {
  it.skipIf(findWrk() === undefined)(
    'measures a small installation and writes every figure with its bound (needs wrk: apt-get install wrk)',
    { timeout: 300_000 },
    async () => {
      const { stdout, report } = await bench('start', 'disk', 'read-status', '--quick', '--messages', '2000');
      expect(report.machine.cores).toBeGreaterThan(0);
      expect(report.settings.messages).toBe(2000);
      const found = Object.entries(report.sections).map(([name, figures]) => [
        name,
        figures.filter((figure) => figure.floor).map((figure) => figure.name),
      ]);
      expect(Object.fromEntries(found)).toEqual(bounded);
      for (const { name, value } of Object.values(report.sections).flat()) expect(value, name).toBeGreaterThan(0);
      expect(stdout).toContain('uniform: bare node:http');
    },
  );

  it.skipIf(findWrk() === undefined)(
    'measures the steps of the schema on both engines (needs wrk: apt-get install wrk)',
    { timeout: 300_000 },
    async () => {
      const { report } = await bench('upgrade', '--quick', '--messages', '1000');
      const names = report.sections.upgrade?.map(({ name }) => name) ?? [];
      const steps = (names.length - 2) / 2;
      for (const engine of ['sqlite', 'postgres']) expect(names).toContain(`${engine}: all ${steps} steps`);
    },
  );

  it('refuses a section that it does not know, and names those that it does', async () => {
    const refused = await bench('speed').catch((error: { code: number; stderr: string }) => error);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('read-status, scale, batch-send') });
  });
});
