import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import { type CallbackOutcome, isSuccess, postCallback } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import { parseRetryAfter } from './schedule.ts';
import { createWebhookHeaders } from './sign.ts';

/** The result of one attempt. */
export type Try = {
  /**
   * `gone`: the endpoint wants no more events. `unreachable`: there was no receiver, so that this is no try.
   */
  readonly result: 'delivered' | 'failed' | 'gone' | 'unreachable';
  readonly status: number | null;
  readonly answer: string | null;
  /** Milliseconds, by the machine's clock. */
  readonly duration: number;
  /** Milliseconds for which the endpoint has asked to wait. */
  readonly retryAfter: number | undefined;
  /** Whether the rules for addresses do not allow the address. */
  readonly isRefused?: boolean;
};

/** Milliseconds in which an endpoint has to answer. */
const deadlineMs = 15_000;

/** Characters of a response that are stored. */
const answerLength = 1000;

/** Sends one webhook to an endpoint. Never rejects. */
export async function tryWebhook(
  context: Context,
  subscription: Subscription,
  { id, body }: { readonly id: string; readonly body: string },
  signal?: AbortSignal,
): Promise<Try> {
  const started = performance.now();
  const headers = createWebhookHeaders(context, subscription, id, body);
  const outcome: CallbackOutcome = headers
    ? await postCallback(context, { url: subscription.url, headers, body, deadlineMs, signal })
    : { outcome: 'refused', reason: 'the secret was encrypted with another secret of this server, so rotate it' };
  return { ...toResult(context, outcome), duration: Math.round(performance.now() - started) };
}

function toResult({ clock }: Context, outcome: CallbackOutcome): Omit<Try, 'duration'> {
  if (outcome.outcome !== 'answered')
    return { result: 'failed', status: null, answer: cutText(outcome.reason), retryAfter: undefined };
  const { status, headers, body } = outcome;
  return {
    result: isSuccess(status) ? 'delivered' : status === 410 ? 'gone' : 'failed',
    status,
    answer: cutText(body),
    retryAfter: parseRetryAfter(headers['retry-after'], clock.now()),
  };
}

/** Returns the beginning of a text in a form that databases store: without NUL characters and lone surrogates. */
export function cutText(text: string): string {
  return text.slice(0, answerLength).replaceAll('\0', '\ufffd').toWellFormed();
}
