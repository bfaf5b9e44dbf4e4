import type { ServerResponse } from 'node:http';
import { Hono } from 'hono';
import { openBackup } from '../../core/console/backup.ts';
import { isOperator, type Operator } from '../../core/console/operators.ts';
import type { Context } from '../../core/context.ts';
import { everybody } from '../../core/events.ts';
import type { ConsoleEnv } from './env.ts';
import { streamBody } from './stream-body.ts';

type Backup = Awaited<ReturnType<typeof openBackup>>;

/** The console's route for a copy of the database. */
export function createBackupRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/', async (c) => {
    const operator = c.get('operator');
    const backup = await openBackup(context, operator);
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="huizhi-backup.db"',
      'content-length': String(backup.bytes),
      'cache-control': 'no-store',
    };
    const outgoing = c.env?.outgoing;
    if (outgoing) endTogether(context, operator, backup, outgoing);
    const body = streamBody(backup.chunks(), outgoing, {
      onFailure: (err) => context.log.warn({ err }, 'a backup could not be sent to its end'),
      onEnd: backup.close,
    });
    return c.body(body, 200, headers);
  });
  return app;
}

/**
 * Closes a backup when its response ends in any way, and ends the response when the server stops or the operator's token
 * is replaced.
 */
function endTogether(context: Context, operator: Operator, backup: Backup, outgoing: ServerResponse): void {
  const { admissions, events, log } = context;
  const recheck = async () => {
    if (await isOperator(context, operator)) return;
    log.warn({}, 'a backup was ended, because the admin token was replaced');
    outgoing.destroy();
  };
  const recheckLogged = () =>
    void recheck().catch((err: unknown) => {
      log.error({ err }, 'a backup was ended, because the admin token could not be checked');
      outgoing.destroy();
    });
  const unwatch = admissions.watch(operator.actor, recheckLogged);
  // No organization has the number 0: only the end of all streams wakes this one.
  const unsubscribe = events.subscribe(0, everybody, (ended) => {
    if (ended) outgoing.destroy();
  });
  const end = () => {
    unsubscribe();
    unwatch();
    backup.close();
  };
  if (outgoing.destroyed) end();
  else outgoing.once('close', end);
  // The token may have been replaced while the copy was made.
  recheckLogged();
}
