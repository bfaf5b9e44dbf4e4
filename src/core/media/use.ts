import type { Context } from '../context.ts';

/** Notes that files are used, so that retention keeps them. A failure is only logged. */
export async function noteFileUse(
  { store, clock, log }: Context,
  corpId: number,
  codes: readonly string[],
): Promise<void> {
  if (codes.length === 0) return;
  await store.media
    .noteUse(corpId, codes, clock.now())
    .catch((err: unknown) => log.warn({ err }, 'cannot note the use of a file'));
}
