import { expect, test } from 'vitest';
import { type Engine, engines, type Kind, kinds } from './kinds.ts';
import { readOptions } from './options.ts';
import { run } from './run.ts';

/** A part of `npm run chaos`, with one fault of each kind that holds; the environment names a seed to repeat. */
const seed = process.env.HUIZHI_CHAOS_SEED ?? String(Date.now() % 1_000_000);

const shortKinds = (engine: Engine) => (kinds as readonly Kind[]).filter(({ short }) => short.includes(engine));

test.each(engines)(
  'on %s nothing that was acknowledged is lost, and nothing else is half there, whatever fault comes',
  {
    timeout: 180_000,
  },
  async (engine) => {
    const names = shortKinds(engine).map(({ name }) => name);
    const args = ['--engine', engine, '--kinds', names.join(), '--faults', '1', '--hold', '1000', '--seed', seed];
    const settings = readOptions(args);
    if (!settings) throw new Error('no settings');
    const results = await run(settings, () => {});
    const repeat = `npm run chaos -- ${args.join(' ')}`;
    expect({ repeat, findings: results.flatMap(({ findings }) => findings) }).toEqual({ repeat, findings: [] });
    expect(results.map(({ kind, skipped }) => [kind, skipped])).toEqual(names.map((name) => [name, undefined]));
    for (const { kind, acknowledged } of results) expect([kind, acknowledged.sends > 0]).toEqual([kind, true]);
  },
);
