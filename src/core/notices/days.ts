const shanghai = 8 * 3_600_000;
const dayMs = 86_400_000;

/** Returns the day of a time (epoch milliseconds) in Asia/Shanghai, which has had no other offset since 1991. */
export function dayOfNotices(at: number): number {
  return Math.floor((at + shanghai) / dayMs);
}
