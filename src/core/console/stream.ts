import { huizhiError } from '../../wire/errors.ts';
import type { StreamConnectionsAnswer } from '../../wire/own/stream.ts';
import type { Context } from '../context.ts';

/** Lists the open Stream connections of an app, to all processes, oldest first. Throws `huizhi.notFound`. */
export async function listStreamConnections(
  { directory, hub }: Context,
  appKey: string,
): Promise<StreamConnectionsAnswer> {
  const app = directory.now.app(appKey);
  if (!app) throw huizhiError('huizhi.notFound', `no app ${appKey}`);
  const connections = (await hub.list(app)).map(({ connectionId, client, subscriptions, openedAt }) => {
    return { connectionId, client, subscriptions: subscriptions.map((one) => ({ ...one })), openedAt };
  });
  return { connections };
}
