import { expect, test } from 'vitest';
import { provide } from '../support/debian.ts';
import { isLong } from '../support/long.ts';
import { type Engine, engines, type Kind, kinds, mixKinds } from './kinds.ts';
import { readOptions } from './options.ts';
import { run } from './run.ts';
import { findTool, packageOf, type Tool } from './tools.ts';

/** A part of `npm run chaos`: one fault of each kind of the short run. An environment variable sets the seed. */
const seed = process.env.HUIZHI_CHAOS_SEED ?? String(Date.now() % 1_000_000);

/**
 * Kinds without special needs share one installation, which takes less time than one for each. The others are tested on
 * the first of their engines, and in a long run on all.
 */
function shortKinds(engine: Engine): readonly { readonly kind: Kind; readonly faults: number }[] {
  const short = (kinds as readonly Kind[]).filter((kind) => kind.short.includes(engine));
  const plain = short.filter(({ needs }) => needs === undefined);
  const special = short.filter(({ needs, ...kind }) => needs !== undefined && (isLong || kind.short[0] === engine));
  return [{ kind: mixKinds(engine, plain), faults: plain.length }, ...special.map((kind) => ({ kind, faults: 1 }))];
}

/** Installs the tools of a kind. Returns why its test is skipped, or undefined. */
function provideTools(tools: readonly Tool[]): string | undefined {
  const reasons = tools.map((tool) =>
    provide({
      name: tool,
      isThere: () => 'path' in findTool(tool),
      packages: [packageOf[tool]],
      advice: `install the package ${packageOf[tool]}`,
    }),
  );
  return reasons.find((reason) => reason !== undefined);
}

const cases = engines.flatMap((engine) => shortKinds(engine).map((one) => ({ engine, name: one.kind.name, ...one })));

test.for(cases)(
  'on $engine nothing acknowledged is lost, and nothing is stored in part, after faults: $name',
  {
    timeout: 180_000,
  },
  async ({ engine, kind, faults }, { skip }) => {
    const lacking = provideTools(kind.tools ?? []);
    skip(lacking !== undefined, lacking);
    const settings = readOptions(['--engine', engine, '--faults', `${faults}`, '--hold', '1000', '--seed', seed]);
    if (!settings) throw new Error('no settings');
    const progress: string[] = [];
    const [result] = await run(settings, (text) => progress.push(text), [kind]);
    skip(result?.skipped !== undefined && !process.env.CI, result?.skipped);
    const seen = {
      seed,
      skipped: result?.skipped,
      failed: result?.failed,
      faults: result?.faults,
      findings: result?.findings,
    };
    expect(seen, progress.join('\n')).toEqual({ seed, skipped: undefined, failed: undefined, faults, findings: [] });
    expect(result?.acknowledged.sends).toBeGreaterThan(faults);
  },
);
