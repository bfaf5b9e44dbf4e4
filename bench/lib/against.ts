import type { Bench, Section } from './bench.ts';
import { type Build, bothBuilds } from './build.ts';
import { type Figure, plain } from './figure.ts';
import { median, medianInterval } from './stats.ts';

/** One quantity that a load measures. */
export type Quantity = { readonly name: string; readonly unit: string; readonly value: number };

/** A load that is put on one build, and returns what it measured: the same quantities in the same order each time. */
export type Load = { readonly name: string; run(round: number): Promise<readonly Quantity[]> };

/** A build that is ready to be measured. */
export type Subject = { readonly loads: readonly Load[]; stop(): Promise<void> };

/** The data of both builds, and how one of them starts on it. */
export type Prepared = { start(build: Build): Promise<Subject>; close(): Promise<void> };

/** A quantity by which two builds are compared. */
export type Comparison = {
  title(bench: Bench['settings']): string;
  prepare(bench: Bench, builds: readonly [Build, Build]): Promise<Prepared>;
};

/**
 * Both builds restart after this many rounds, because two processes of one build can differ by more than two rounds of
 * a process.
 */
const roundsOfProcess = 3;

/** Makes a section of a comparison. */
export function againstSection(comparison: Comparison): Section {
  return {
    title: comparison.title,
    async run(bench) {
      const { dist, against, rounds } = bench.settings;
      const builds = bothBuilds(dist, against ?? '');
      const prepared = await comparison.prepare(bench, builds);
      const measured: Measured = new Map();
      try {
        for (let first = 0; first < rounds; first += roundsOfProcess)
          await compare(prepared, builds, first, Math.min(rounds, first + roundsOfProcess), measured);
      } finally {
        await prepared.close();
      }
      return [...measured].flatMap(([load, pairs]) => figures(load, pairs));
    },
  };
}

type Pair = { readonly first: readonly Quantity[]; readonly second: readonly Quantity[] };
type Measured = Map<string, Pair[]>;

/** Measures some rounds with one process of each build. */
async function compare(
  { start }: Prepared,
  builds: readonly [Build, Build],
  from: number,
  to: number,
  measured: Measured,
): Promise<void> {
  const subjects: Subject[] = [];
  try {
    for (const build of builds) subjects.push(await start(build));
    const [ours, theirs] = subjects;
    for (const { name, run } of ours?.loads ?? []) {
      const other = theirs?.loads.find((load) => load.name === name);
      if (!other) throw new Error(`the other build has no load ${name}`);
      // One warm-up run of each build.
      await run(-1 - from);
      await other.run(-1 - from);
      const pairs = measured.get(name) ?? [];
      measured.set(name, pairs);
      for (let round = from; round < to; round++) pairs.push(await measurePair(round, run, other.run));
    }
  } finally {
    await Promise.all(subjects.map((subject) => subject.stop()));
  }
}

/** Each build goes first in every other round, so that going second costs both the same. */
async function measurePair(round: number, ours: Load['run'], theirs: Load['run']): Promise<Pair> {
  if (round % 2 === 0) {
    const first = await ours(round);
    return { first, second: await theirs(round) };
  }
  const second = await theirs(round);
  return { first: await ours(round), second };
}

function figures(load: string, pairs: readonly Pair[]): readonly Figure[] {
  const names = pairs[0]?.first ?? [];
  return names.flatMap(({ name, unit }, i) => {
    const first = pairs.map((pair) => pair.first[i]?.value ?? Number.NaN);
    const second = pairs.map((pair) => pair.second[i]?.value ?? Number.NaN);
    const ratios = first.map((value, round) => value / (second[round] ?? Number.NaN));
    const what = `${load}: ${name}`;
    return [
      { ...plain(`${what}, ratio`, median(ratios), '', ratios), interval: medianInterval(ratios) },
      plain(`${what}, this build`, median(first), unit, first),
      plain(`${what}, the other build`, median(second), unit, second),
    ];
  });
}
