import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../test/support/debian.ts';
import { isLong } from '../test/support/long.ts';
import type { Figure } from './lib/figure.ts';

const folder = mkdtempSync(join(tmpdir(), 'huizhi-bench-smoke-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The figures with a bound, by section; their values are for the bench to judge, not for a test. */
const bounded = {
  start: ['half within'],
  disk: [5, 20].flatMap((n) => ['nobody has', 'half have', 'all have'].map((who) => `of ${n}, ${who} read`)),
  'read-status': ['uniform: ratio', 'hot set: ratio', 'mixed: ratio'],
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

/** The reason for skipping what needs wrk, if it is missing and cannot be installed. */
const lacking = requirePrograms(['wrk']);

describe('the benchmark', () => {
  it.skipIf(lacking !== undefined)(
    'measures a small installation and writes every figure with its bound',
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

  it.skipIf(lacking !== undefined)('measures the migrations on both engines', { timeout: 300_000 }, async () => {
    const { report } = await bench('upgrade', '--quick', '--messages', '1000');
    const names = report.sections.upgrade?.map(({ name }) => name) ?? [];
    const steps = (names.length - 2) / 2;
    for (const engine of ['sqlite', 'postgres']) expect(names).toContain(`${engine}: all ${steps} steps`);
  });

  it.skipIf(lacking !== undefined)(
    'compares a build with another checkout, each quantity as a ratio with its interval',
    { timeout: 300_000 },
    async () => {
      const root = join(import.meta.dirname, '..');
      const sections = [...(isLong ? ['read-status'] : []), 'batch-send', 'emulator'];
      const loads = [...(isLong ? ['random keys', 'hot set of 1000'] : []), 'batchSend to 20'];
      const sizes = ['--quick', '--messages', '1000', '--rounds', '1'];
      const { stdout, report } = await bench('--against', root, ...sections, ...sizes);
      const ratios = Object.values(report.sections)
        .flat()
        .filter(({ interval }) => interval);
      expect(ratios.map(({ name }) => name)).toEqual([
        ...loads.flatMap((load) => [
          `${load}: processor time, ratio`,
          `${load}: rate, ratio`,
          `${load}: 99 % within, ratio`,
        ]),
        ...['the first, loading included', 'later, on a port', 'later, without a socket', 'later, processor time'].map(
          (name) => `startEmulator: ${name}, ratio`,
        ),
      ]);
      for (const { name, value } of Object.values(report.sections).flat()) expect(value, name).toBeGreaterThan(0);
      expect(stdout).toContain(`${loads[0]}: processor time, the other build`);
    },
  );

  it.each([
    [[], 'package.json does not exist; it is not a checkout of huizhi'],
    [['package.json'], 'node_modules does not exist; run npm ci in'],
    [['package.json', 'node_modules'], 'dist/cli/main.js does not exist; run npm run build in'],
  ])('refuses to compare with a folder that has only %j, and says what to do', async (files, advice) => {
    const other = mkdtempSync(join(folder, 'other-'));
    for (const file of files) writeFileSync(join(other, file), '');
    const refused = await bench('--against', other, 'start').catch((error: { code: number; stderr: string }) => error);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`--against ${other}: ${advice}`) });
  });

  it('refuses an unknown section, and lists the known ones', async () => {
    const refused = await bench('speed').catch((error: { code: number; stderr: string }) => error);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('read-status, scale, batch-send') });
  });
});
