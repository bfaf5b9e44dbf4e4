import type { App } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { findAddressFault } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import type { Operator } from './operators.ts';

/**
 * Returns the address to which the robots of an app get messages by HTTP, and whether the app's secret, which signs them,
 * is kept. Throws `huizhi.notFound`.
 */
export async function getMessageUrl(context: Context, appKey: string) {
  const { corpId, id } = appOf(context, appKey);
  const callback = await context.store.talk.callback(corpId, id);
  return { messageUrl: callback?.url ?? null, hasSecret: callback?.secret != null };
}

/**
 * Sets or removes the address to which the robots of an app get messages by HTTP. The secret of the app is kept from the
 * next time it is given or rotated. Throws `huizhi.notFound`, and `huizhi.badRequest` for an address that is not allowed.
 */
export async function setMessageUrl(context: Context, operator: Operator, appKey: string, url: string | null) {
  const app = appOf(context, appKey);
  const fault = url === null ? undefined : findAddressFault(context, url);
  if (fault !== undefined) throw huizhiError('huizhi.badRequest', `messageUrl: ${fault}`);
  await context.store.talk.putCallbackUrl(app.corpId, app.id, url, (before) => ({
    ...{ corpId: app.corpId, at: context.clock.now(), actor: operator.actor },
    ...{ action: 'app.messageUrl', target: appKey, was: { messageUrl: before }, became: { messageUrl: url } },
  }));
  return getMessageUrl(context, appKey);
}

function appOf({ directory }: Context, appKey: string): App {
  const app = directory.now.app(appKey);
  if (!app) throw huizhiError('huizhi.notFound', `no app ${appKey}`);
  return app;
}
