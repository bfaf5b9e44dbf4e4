import type { App } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';

/** Finds an app by its appKey. Throws `huizhi.notFound`. */
export function requireApp({ directory }: Pick<Context, 'directory'>, appKey: string): App {
  const app = directory.now.app(appKey);
  if (!app) throw huizhiError('huizhi.notFound', `no app ${appKey}`);
  return app;
}
