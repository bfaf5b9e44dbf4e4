import { isObject, parseJson } from '../../../wire/json.ts';
import { decryptPush, encryptPush, type PushKeys, pushRandomBytes, signPush } from '../../callbacks/encrypted.ts';
import { isSuccess, postCallback } from '../../callbacks/post.ts';
import type { Context } from '../../context.ts';
import { cutText, type Try } from '../attempt.ts';

/** Milliseconds in which the receiver of a push has to answer. */
const deadlineMs = 2500;

const nonceBytes = 6;

/** What a push needs of the context. */
type PushContext = Pick<Context, 'randomBytes'> & {
  readonly options: Pick<Context['options'], 'callbackAllow'>;
  readonly clock: Pick<Context['clock'], 'now'>;
};

/**
 * Pushes a text to the address of an app once. It is delivered if the status is 2xx, and the answer decrypts to `success`.
 * Never rejects.
 *
 * @param keys those that the text is encrypted with, then others that the answer may be encrypted with
 */
export async function tryPushText(
  context: PushContext,
  url: string,
  keys: readonly PushKeys[],
  text: string,
  signal?: AbortSignal,
): Promise<Try> {
  const failed = { result: 'failed', status: null, retryAfter: undefined, duration: 0 } as const;
  const [own] = keys;
  if (!own)
    return { ...failed, answer: 'the keys were encrypted with another secret of this server, so set them again' };
  const started = performance.now();
  const outcome = await postCallback(context, { ...createRequest(context, url, own, text), deadlineMs, signal });
  const duration = Math.round(performance.now() - started);
  if (outcome.outcome !== 'answered') {
    const isRefused = outcome.outcome === 'refused';
    return { ...failed, answer: cutText(outcome.reason), duration, isRefused };
  }
  const { status, body } = outcome;
  const isDelivered = isSuccess(status) && keys.some((one) => isSuccessAnswer(one, body));
  return { ...failed, result: isDelivered ? 'delivered' : 'failed', status, answer: cutText(body), duration };
}

function createRequest({ clock, randomBytes }: PushContext, url: string, keys: PushKeys, text: string) {
  const encrypt = encryptPush(keys, text, randomBytes(pushRandomBytes));
  const nonce = Buffer.from(randomBytes(nonceBytes)).toString('base64').replaceAll('+', 'a').replaceAll('/', 'b');
  const timestamp = String(clock.now());
  const signature = signPush(keys.token, { timestamp, nonce, encrypt });
  const target = new URL(url);
  // The vendor's libraries read msg_signature first, and then signature.
  for (const [name, value] of Object.entries({ msg_signature: signature, signature, timestamp, nonce }))
    target.searchParams.set(name, value);
  const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'huizhi' };
  return { url: target.href, headers, body: JSON.stringify({ encrypt }) };
}

/**
 * Whether an answer decrypts to `success`. Its signature is not checked, because libraries of the vendor sign another time than
 * the one that they send; nobody without the keys can encrypt the text.
 */
function isSuccessAnswer(keys: PushKeys, body: string): boolean {
  const answer = parseJson(body);
  const encrypted = isObject(answer) ? answer.encrypt : undefined;
  return typeof encrypted === 'string' && decryptPush(keys, encrypted) === 'success';
}
