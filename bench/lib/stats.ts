/** The median of some numbers; the mean of the two middle ones if their count is even. */
export function median(numbers: readonly number[]): number {
  return (percentile(numbers, 0.5) + percentile(numbers, 0.5, Math.floor)) / 2;
}

/** Returns a percentile: the number below which the given share (0 to 1) of the numbers lies. */
export function percentile(numbers: readonly number[], share: number, round = Math.ceil): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, round((sorted.length - 1) * share))] ?? Number.NaN;
}

/** Pseudorandom numbers between 0 and 1, the same for the same seed, so that every run stores and requests the same. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An interval that contains the median of the sampled population with the probability `coverage` (0 to 1). */
export type Interval = { readonly low: number; readonly high: number; readonly coverage: number };

/**
 * The order-statistic interval of the median: from the k-th smallest to the k-th largest number, with the largest k
 * that covers at least 95 %. It needs no assumption on the distribution. Fewer than six numbers cannot cover 95 %: then
 * it spans all of them, and `coverage` is less.
 */
export function medianInterval(numbers: readonly number[]): Interval {
  const sorted = [...numbers].sort((a, b) => a - b);
  const n = sorted.length;
  let k = 1;
  while (2 * (k + 1) <= n && coverageOf(n, k + 1) >= 0.95) k++;
  return { low: sorted[k - 1] ?? Number.NaN, high: sorted[n - k] ?? Number.NaN, coverage: coverageOf(n, k) };
}

/**
 * The probability that the median lies between the k-th smallest and the k-th largest of n numbers: 1 - 2 P(Binomial(n,
 * 1/2) < k).
 */
function coverageOf(n: number, k: number): number {
  let ways = 1;
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += ways;
    ways = (ways * (n - i)) / (i + 1);
  }
  return 1 - (2 * below) / 2 ** n;
}
