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
 * Measures A B A B …, so that other load on the machine affects both. `ratio` is a measure of the first
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

/**
 * Measures many things in turn, A B C A B C …; what cannot be measured is reported to `failed` and left out from then
 * on.
 */
export async function inTurn<A>(
  rounds: number,
  what: ReadonlyMap<string, () => Promise<A>>,
  failed: (name: string, error: unknown) => void,
): Promise<ReadonlyMap<string, readonly A[]>> {
  const found = new Map([...what.keys()].map((name) => [name, [] as A[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, samples] of found) {
      try {
        const sample = await what.get(name)?.();
        if (sample !== undefined) samples.push(sample);
      } catch (error) {
        failed(name, error);
        found.delete(name);
      }
    }
  }
  return found;
}
