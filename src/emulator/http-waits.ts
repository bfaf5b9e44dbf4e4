import type { EmulatorWaits } from '../http/own/emulator-waits.ts';
import { huizhiError } from '../wire/errors.ts';
import type { WebhookEvent } from '../wire/own/endpoints.ts';
import { EmulatorError } from './error.ts';
import { createEventWaits } from './event-waits.ts';
import { createReplyWait } from './reply-waits.ts';
import { createWaits, type WaitParts } from './waits.ts';

/** Creates the waits of `/emulator/v1/waits`, which end when `closing` aborts. */
export function createHttpWaits(parts: WaitParts, closing: AbortSignal): EmulatorWaits {
  const waits = createWaits(parts, closing);
  const waitForReply = createReplyWait(parts, closing);
  const { waitForEvent } = createEventWaits(parts, closing);
  const { directory } = parts.context;
  return {
    messages: waits.messages,
    async forMessage({ timeout, ...filter }, signal) {
      const end = await settle([signal, closing], () => waits.forMessage(filter, { timeout, signal }));
      return end.found ? { message: end.found } : { message: null, reason: end.reason };
    },
    async forRead({ processQueryKey, userIds, timeout }, signal) {
      const end = await settle([signal, closing], () => waits.forRead(processQueryKey, userIds, { timeout, signal }));
      return end.found ? { recipients: end.found } : { recipients: null, reason: end.reason };
    },
    async forReply({ timeout, corpId = directory.now.organizations()[0]?.code ?? '', ...wait }, signal) {
      const end = await settle([signal, closing], () => waitForReply({ ...wait, corpId }, { timeout, signal }));
      return end.found ? { reply: end.found } : { reply: null, reason: end.reason };
    },
    async forEvent({ timeout, ...filter }, signal) {
      const end = await settle([signal, closing], () => waitForEvent(filter, { timeout, signal }));
      return end.found ? { event: end.found as WebhookEvent } : { event: null, reason: end.reason };
    },
  };
}

type Settled<T> = { readonly found: T } | { readonly found?: undefined; readonly reason: string };

/**
 * Returns what a wait has found, or why it ended without a result: after its timeout, or because a signal was aborted.
 * Throws the error of a wait that cannot begin.
 */
async function settle<T extends object>(signals: readonly AbortSignal[], wait: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { found: await wait() };
  } catch (error) {
    if (signals.some(({ aborted }) => aborted)) return { reason: 'the wait was ended' };
    if (!(error instanceof EmulatorError)) throw error;
    const { code, message } = error;
    if (code === 'huizhi.notFound' || code === 'huizhi.badRequest') throw huizhiError(code, message);
    return { reason: message };
  }
}
