/**
 * Makes calls at a steady rate for a number of seconds, whether or not earlier ones are answered, and waits for the
 * last; returns their number. Throws the first error.
 */
export async function steadily(
  perSecond: number,
  seconds: number,
  one: (number: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  const calls: Promise<unknown>[] = [];
  const total = Math.round(perSecond * seconds);
  while (calls.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond));
    while (calls.length < due) {
      const call = one(calls.length);
      // Reported at the end, with the others.
      call.catch(() => {});
      calls.push(call);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(calls);
  return total;
}
