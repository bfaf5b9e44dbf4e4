import type { App } from '../../store/model.ts';
import type { Context } from '../context.ts';

/** Whether an app acts for an organization: its own, or one that authorizes it. */
export function isActing({ directory }: Pick<Context, 'directory'>, app: App, corpId: number): boolean {
  return app.kind === 'internal' ? app.corpId === corpId : directory.now.authorization(corpId, app.id) !== undefined;
}
