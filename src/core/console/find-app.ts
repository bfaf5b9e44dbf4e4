import type { App } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { refuseSeen, refuseShared } from '../operators/scope.ts';

/** Finds an app by its appKey. Throws `huizhi.notFound`, also for an app outside of the scope. */
export function requireApp(context: Pick<Context, 'directory' | 'scope'>, appKey: string): App {
  const app = context.directory.now.app(appKey);
  if (app) return app;
  refuseSeen(context, context.directory.whole.app(appKey)?.corpId);
  throw huizhiError('huizhi.notFound', `no app ${appKey}`);
}

/**
 * Finds an app for what concerns all of its organizations, such as its secret. Throws `huizhi.notFound`, and
 * `huizhi.forbidden` for a third-party app outside of the scope.
 */
export function requireOwnApp(context: Pick<Context, 'directory' | 'scope'>, appKey: string): App {
  const app = requireApp(context, appKey);
  refuseShared(context, app.corpId, `app ${appKey}`);
  return app;
}
