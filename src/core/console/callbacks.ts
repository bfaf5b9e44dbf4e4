import { huizhiError } from '../../wire/errors.ts';
import type { MessageUrlTestAnswer } from '../../wire/own/talk.ts';
import { type CallbackOutcome, describeAddress, findAddressFault, isSuccess } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import { showAddress } from '../operators/scope.ts';
import { openCallbackSecret } from '../talk/callbacks.ts';
import { postRobotMessage } from '../talk/hearing.ts';
import { requireOwnApp } from './find-app.ts';
import type { Operator } from './operators.ts';

/**
 * Returns the address to which the robots of an app get messages by HTTP, and whether the app's secret, which signs them,
 * is kept. Throws `huizhi.notFound`.
 */
export async function getMessageUrl(context: Context, appKey: string) {
  const { corpId, id } = requireOwnApp(context, appKey);
  const callback = await context.store.talk.callback(corpId, id);
  const messageUrl = callback?.url == null ? null : showAddress(context, 'apps.change', { corpId, url: callback.url });
  return { messageUrl, hasSecret: callback?.secret != null };
}

/**
 * Sets or removes the address to which the robots of an app get messages by HTTP. The secret of the app is kept from the
 * next time it is given or rotated. Throws `huizhi.notFound`, and `huizhi.badRequest` for an address that is not allowed.
 */
export async function setMessageUrl(context: Context, operator: Operator, appKey: string, url: string | null) {
  const app = requireOwnApp(context, appKey);
  const fault = url === null ? undefined : findAddressFault(context, url);
  if (fault !== undefined) throw huizhiError('huizhi.badRequest', `messageUrl: ${fault}`);
  await context.store.talk.putCallbackUrl(app.corpId, app.id, url, (before) => ({
    ...{ corpId: app.corpId, at: context.clock.now(), actor: operator.actor },
    ...{ action: 'app.messageUrl', target: appKey, was: describe(before), became: describe(url) },
  }));
  return getMessageUrl(context, appKey);
}

const describe = (url: string | null) => ({ messageUrl: url === null ? null : describeAddress(url) });

/**
 * Posts a message with the text `test` to the address of an app. It has no sessionWebhook, so nobody gets a reply. Throws
 * `huizhi.notFound`, and `huizhi.conflict` if the app has no address, or its secret is not stored.
 */
export async function testMessageUrl(context: Context, appKey: string): Promise<MessageUrlTestAnswer> {
  const { corpId, id } = requireOwnApp(context, appKey);
  const callback = await context.store.talk.callback(corpId, id);
  if (callback?.url == null) throw huizhiError('huizhi.conflict', `app ${appKey} has no address for messages`);
  const { url } = callback;
  const secret = openCallbackSecret(context, callback.secret);
  if (secret === undefined)
    throw huizhiError('huizhi.conflict', `the secret of app ${appKey} is not stored; rotate it first`);
  const started = performance.now();
  const outcome = await postRobotMessage(context, { url, secret, message: createTestMessage(context) });
  return { ...renderOutcome(outcome), duration: Math.round(performance.now() - started) };
}

function createTestMessage({ clock, randomBytes }: Context) {
  return {
    conversationType: '1',
    msgId: `msg${Buffer.from(randomBytes(16)).toString('base64')}`,
    createAt: clock.now(),
    senderNick: 'test',
    msgtype: 'text',
    text: { content: 'test' },
  };
}

/** Characters of a response that the console shows. */
const answerLength = 1000;

function renderOutcome(outcome: CallbackOutcome) {
  if (outcome.outcome !== 'answered') return { delivered: false, status: null, answer: outcome.reason };
  const { status, body } = outcome;
  return { delivered: isSuccess(status), status, answer: body.slice(0, answerLength).toWellFormed() };
}
