import { median } from './stats.ts';

/** Two things measured in turn, and how they compare. */
export type Compared<A, B> = {
  readonly first: readonly A[];
  readonly second: readonly B[];
  /** The median of the ratios of each pair. */
  readonly ratio: number;
  readonly ratios: readonly number[];
};

/**
 * Measures A B A B …, so that whatever else the machine does while it takes its time falls on both. `ratio` is a measure of the first
 * over the second.
 */
export async function alternate<A, B>(
  rounds: number,
  first: (round: number) => Promise<A>,
  second: (round: number, first: A) => Promise<B>,
  ratio: (first: A, second: B) => number,
): Promise<Compared<A, B>> {
  const firsts: A[] = [];
  const seconds: B[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const a = await first(round);
    const b = await second(round, a);
    firsts.push(a);
    seconds.push(b);
    ratios.push(ratio(a, b));
  }
  return { first: firsts, second: seconds, ratio: median(ratios), ratios };
}
