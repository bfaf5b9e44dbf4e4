/** The middle of some numbers; the mean of the two middle ones when there is no single one. */
export function median(numbers: readonly number[]): number {
  return (percentile(numbers, 0.5) + percentile(numbers, 0.5, Math.floor)) / 2;
}

/** The number below which a share (0 to 1) of them lies. */
export function percentile(numbers: readonly number[], share: number, round = Math.ceil): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, round((sorted.length - 1) * share))] ?? Number.NaN;
}

/** Numbers between 0 and 1 that look random and are the same for the same seed, so that every run stores and asks the same. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
