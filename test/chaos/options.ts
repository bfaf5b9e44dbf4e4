import { parseArgs } from 'node:util';
import { type Engine, engines, type KindName, kindNames } from './kinds.ts';

/** Everything that decides a run; printed with its report. */
export type Settings = {
  readonly engines: readonly Engine[];
  readonly kinds: readonly KindName[];
  /** Faults of each kind. */
  readonly faults: number;
  /** Kills of a process on SQLite; `faults` if absent. */
  readonly kills: number | undefined;
  /** Processes on PostgreSQL; SQLite has one. */
  readonly processes: number;
  readonly seed: number;
  /** The longest time that a fault lasts, in milliseconds; how long each one does is up to the seed. */
  readonly hold: number;
  /** The highest p99 of the recoveries of one kind, in milliseconds; a higher one fails the run. */
  readonly maxRecovery: number | undefined;
  readonly json: boolean;
  /** Whether databases and logs are kept after a run with findings. */
  readonly keep: boolean;
};

export const usage = `npm run chaos -- [options]

Starts the built package, injects faults under load, and compares what it shows afterwards with
everything that it has acknowledged. Exits with 1 when anything was lost, doubled, stuck or partial.

  --engine <name>        sqlite, postgres or both (both)
  --kinds <names>        kinds of faults, separated by commas (all):
                         ${kindNames.slice(0, 8).join(', ')},
                         ${kindNames.slice(8).join(', ')}
  --faults <n>           faults of each kind (12)
  --kills <n>            kills of the process on SQLite, if not as many as --faults
  --processes <n>        processes on PostgreSQL (2)
  --seed <n>             makes the schedule of faults repeatable (by the time of day)
  --hold <ms>            the longest time that a fault lasts (3000)
  --max-recovery <ms>    exit with 1, too, when the p99 of the recoveries of a kind takes longer
  --json                 print the report as JSON
  --keep                 keep databases and logs after a run with findings
  --help                 print this text
`;

/** Parses the command line; undefined means that help was requested. Throws a TypeError for an unknown option. */
export function readOptions(args: readonly string[]): Settings | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ engine: text, kinds: text, faults: text, kills: text, processes: text, seed: text, hold: text },
      ...{ 'max-recovery': text, json: flag, keep: flag, help: { ...flag, short: 'h' } },
    },
  });
  if (values.help) return undefined;
  const number = (name: 'faults' | 'kills' | 'processes' | 'seed' | 'hold' | 'max-recovery', least: number) =>
    values[name] === undefined ? undefined : parseWhole(name, values[name], least);
  return {
    engines: values.engine === undefined || values.engine === 'both' ? engines : [named(engines, values.engine)],
    kinds: values.kinds === undefined ? kindNames : values.kinds.split(',').map((name) => named(kindNames, name)),
    faults: number('faults', 1) ?? 12,
    kills: number('kills', 1),
    processes: number('processes', 1) ?? 2,
    seed: number('seed', 0) ?? Date.now() % 1_000_000,
    hold: number('hold', 100) ?? 3000,
    maxRecovery: number('max-recovery', 1),
    json: values.json,
    keep: values.keep,
  };
}

function parseWhole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new TypeError(`--${name} takes a whole number from ${least}`);
  return value;
}

function named<T extends string>(names: readonly T[], name: string): T {
  const found = names.find((one) => one === name);
  if (found === undefined) throw new TypeError(`"${name}" is none of ${names.join(', ')}`);
  return found;
}
