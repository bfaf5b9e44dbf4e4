import { Hono } from 'hono';
import { listNonReaders, listReaders } from '../../core/console/conversation-receipts.ts';
import { getMessageDetail, listUnread, recallMessage, renderRecipientsCsv } from '../../core/console/message-detail.ts';
import { listMessages, requireOrganization } from '../../core/console/message-list.ts';
import { readEventsPage } from '../../core/subscriptions/page.ts';
import { defaultEventsPage, defaultPage } from '../../wire/limits.ts';
import {
  type ConsoleMessageDetail,
  type ConsoleMessagesAnswer,
  type ConsoleNonReadersAnswer,
  type ConsoleReadersAnswer,
  type ConsoleUnreadAnswer,
  consoleEventsQuery,
  consoleMessagesQuery,
  consoleReadersQuery,
  consoleUnreadQuery,
} from '../../wire/own/console-messages.ts';
import type { EventsPage } from '../../wire/own/endpoints.ts';
import type { ConsoleEnv } from './env.ts';
import { streamOrganization } from './live.ts';
import { omitUndefined, parseQuery, parseStart } from './request.ts';

/** The console's routes for messages, their recipients and live events. */
export function createMessageRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/messages', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, consoleMessagesQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listMessages(c.get('context'), omitUndefined(filter), page)) satisfies ConsoleMessagesAnswer);
  });
  app.get('/messages/:messageId', async (c) => {
    return c.json((await getMessageDetail(c.get('context'), c.req.param('messageId'))) satisfies ConsoleMessageDetail);
  });
  app.post('/messages/:messageId/recall', async (c) => {
    const detail = await recallMessage(c.get('context'), c.get('operator'), c.req.param('messageId'));
    return c.json(detail satisfies ConsoleMessageDetail);
  });
  app.get('/messages/:messageId/recipients.csv', async (c) => {
    const text = await renderRecipientsCsv(c.get('context'), c.req.param('messageId'));
    c.header('content-disposition', 'attachment; filename="recipients.csv"');
    return c.body(text, 200, { 'content-type': 'text/csv;charset=utf-8', 'cache-control': 'no-store' });
  });
  app.get('/messages/:messageId/readers', async (c) => {
    const { limit = defaultPage, cursor } = parseQuery(c, consoleReadersQuery);
    const answer = await listReaders(c.get('context'), c.req.param('messageId'), omitUndefined({ limit, cursor }));
    return c.json(answer satisfies ConsoleReadersAnswer);
  });
  app.get('/messages/:messageId/nonReaders', async (c) => {
    const { limit = defaultPage, cursor } = parseQuery(c, consoleReadersQuery);
    const answer = await listNonReaders(c.get('context'), c.req.param('messageId'), omitUndefined({ limit, cursor }));
    return c.json(answer satisfies ConsoleNonReadersAnswer);
  });
  app.get('/unread', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, consoleUnreadQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listUnread(c.get('context'), omitUndefined(filter), page)) satisfies ConsoleUnreadAnswer);
  });
  app.get('/events', async (c) => {
    const { corpId, messageId, since, after = since, limit = defaultEventsPage } = parseQuery(c, consoleEventsQuery);
    const organization = requireOrganization(c.get('context'), corpId);
    if (prefersJson(c.req.header('accept'))) {
      const page = await readEventsPage(c.get('context'), organization, messageId, after ?? 0, limit);
      return c.json(page satisfies EventsPage);
    }
    return streamOrganization(c, c.get('context'), organization, messageId, parseStart(c, after), c.get('operator'));
  });
  return app;
}

/** Whether a client accepts JSON, and no event stream. */
function prefersJson(accept = ''): boolean {
  return /\bapplication\/json\b/i.test(accept) && !/\btext\/event-stream\b/i.test(accept);
}
