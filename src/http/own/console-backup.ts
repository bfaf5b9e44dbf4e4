import type { ServerResponse } from 'node:http';
import { Hono } from 'hono';
import { openBackup } from '../../core/console/backup.ts';
import type { Context } from '../../core/context.ts';
import type { ConsoleEnv } from './env.ts';
import { waitForSocket } from './send-media.ts';

type Backup = Awaited<ReturnType<typeof openBackup>>;

/** The console's route for a copy of the database. */
export function createBackupRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/', async (c) => {
    const backup = await openBackup(context, c.get('operator'));
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="huizhi-backup.db"',
      'content-length': String(backup.bytes),
      'cache-control': 'no-store',
    };
    return c.body(streamBackup(context, backup, c.env?.outgoing), 200, headers);
  });
  return app;
}

/** Streams a backup, which is closed when the response ends in any way. */
function streamBackup(
  context: Context,
  backup: Backup,
  outgoing: ServerResponse | undefined,
): ReadableStream<Uint8Array> {
  outgoing?.once('close', backup.close);
  const chunks = backup.chunks();
  const readNext = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (outgoing) await waitForSocket(outgoing);
    const { value, done } = await chunks.next();
    if (!done) return controller.enqueue(value);
    backup.close();
    controller.close();
  };
  return new ReadableStream(
    {
      pull: (controller) =>
        readNext(controller).catch((err: unknown) => {
          backup.close();
          if (!outgoing) throw err;
          context.log.warn({ err }, 'a backup could not be sent to its end');
          // The headers are sent already, so only the end of the connection tells the client.
          outgoing.destroy();
          controller.close();
        }),
      cancel: backup.close,
    },
    { highWaterMark: 0 },
  );
}
