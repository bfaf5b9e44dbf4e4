import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { median } from '../lib/stats.ts';

/** The time of `huizhi --version`, compared with Node without a program. */
export const versionSection: Section = {
  title: ({ starts }) => `huizhi --version and node -e 0, ${starts} times in alternation`,
  async run({ settings }) {
    const version = [join(settings.dist, 'cli/main.js'), '--version'];
    // The first run of each reads its files from disk and is not counted.
    measureTime(version);
    measureTime(bare);
    const pairs = Array.from({ length: settings.starts }, () => [measureTime(version), measureTime(bare)] as const);
    const ratios = pairs.map(([one, other]) => one / other);
    const [own, node] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
    return [
      bounded(plain('ratio', median(ratios), '', ratios), { bound: 'at most', value: 1.5, ambition: 1.2 }),
      plain('huizhi --version, half within', median(own), 'ms', own),
      plain('node -e 0, half within', median(node), 'ms', node),
    ];
  },
};

const bare = ['-e', '0'];

function measureTime(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  return performance.now() - started;
}
