/** What happened: messages that are not read, and the audit log. */
import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { type AdminRun, corpOf, type Session } from './session.ts';
import { printList } from './show.ts';

export const unread: Readonly<Record<VerbOf<'unread'>, AdminRun>> = {
  list(session) {
    const robots = session.given.list('robots');
    if (robots && robots.length !== 1) throw new UsageError('--robot: name one robot, or leave it out for all.');
    const [robotCode] = robots ?? [];
    const minAge = session.given.number('minAge');
    const filter = {
      ...(robotCode !== undefined && { robotCode }),
      ...(minAge !== undefined && { minAge: `${minAge}ms` }),
    };
    return printList(session, {
      columns: ['userId', 'name', 'sentAt', 'robotCode', 'robotName', 'msgKey', 'messageId'],
      load: (page) =>
        session.client.call('GET', '/console/v1/unread', { query: { ...corpOf(session), ...filter, ...page } }),
      items: (page) => page.unread,
    });
  },
};

export const audit: Readonly<Record<VerbOf<'audit'>, AdminRun>> = {
  list(session) {
    const corpId = session.given.text('corpId');
    return printList(session, {
      columns: ['id', 'at', 'actor', 'operator', 'role', 'action', 'target', 'corpId'],
      load: (page) => readAudit(session, page),
      items: ({ entries }) =>
        entries
          .filter((entry) => corpId === undefined || entry.corpId === corpId)
          .map((entry): Listed => (session.json ? entry : { ...entry, ...describeOperator(entry) })),
    });
  },
};

const readAudit = ({ client }: Session, query: { readonly limit: number; readonly cursor?: string }) =>
  client.call('GET', '/console/v1/audit', { query });

type Entry = Awaited<ReturnType<typeof readAudit>>['entries'][number];
type Listed = Omit<Entry, 'operator'> & {
  readonly operator: Entry['operator'] | string;
  readonly role?: string | null;
};

/** The operator of an entry in two columns. */
const describeOperator = ({ operator }: Entry) => ({ operator: operator?.name ?? '', role: operator?.role ?? null });
