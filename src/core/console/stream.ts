import type { StreamConnectionsAnswer } from '../../wire/own/stream.ts';
import type { Context } from '../context.ts';
import { requireOwnApp } from './find-app.ts';

/** Lists the open Stream connections of an app, to all processes, oldest first. Throws `huizhi.notFound`. */
export async function listStreamConnections(context: Context, appKey: string): Promise<StreamConnectionsAnswer> {
  const app = requireOwnApp(context, appKey);
  const connections = (await context.hub.list(app)).map(
    ({ connectionId, client, subscriptions, openedAt, process }) => {
      return { connectionId, client, subscriptions: subscriptions.map((one) => ({ ...one })), openedAt, process };
    },
  );
  return { connections };
}
