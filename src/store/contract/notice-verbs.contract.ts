import { start, type World } from './world.contract.ts';

/** Sends, reads and removes work notices. */
export async function useNotices({ store, corpId, app, users }: World): Promise<void> {
  const { notices } = store;
  await notices.findReceivers(corpId, ['ann', 'bob']);
  await notices.receiversIn(corpId, [7]);
  await notices.allReceivers(corpId, 0, 20);
  const content = { kind: 50, param: '{"content":"hi"}', content: 5, day: 1, invalid: { users: [], departments: [] } };
  const limits = { perDay: 9, perMinute: 9, toAllPerDay: null };
  const given = { corpId, appId: app.id, sentAt: start, ...content, ...limits };
  const accepted = await notices.accept({ ...given, receivers: [users.ann, users.bob] });
  const id = accepted?.messageId ?? 0;
  await store.deliverStep(corpId, id, start);
  await notices.find(corpId, id);
  await notices.page(corpId, undefined, Number.MAX_SAFE_INTEGER, 20);
  await notices.page(corpId, app.id, Number.MAX_SAFE_INTEGER, 20);
  await notices.receivers(corpId, id, 0, 20);
  await notices.misses(corpId, id, 0, 20);
  await notices.missCounts(corpId, id);
  await notices.totals(corpId, id);
  await notices.changeContent(corpId, id, (param) => param);
  await notices.findTemplate(corpId, app.id, 't');
  await notices.pruneContents(corpId, 1, 20);
  await notices.pruneStep(corpId, 1, 20);
}

/** Statements that insert rows about notices of 20 organizations; `anyDay` is an expression for the first number of a day. */
export const insertNotices = (anyDay: string) => `
    insert into notices (corp_id, id, app_id, conversation_id, content, day, sent_at, total, per_day, invalid)
      select 100 + n % 20, ${anyDay} + n, n % 3, 1000 + n, n, n % 9, n, 1, 1, '{}' from generate_series(1, 20000) n;
    insert into notice_templates (corp_id, app_id, code, state, msg) select 100 + n % 20, n % 3, 't' || n, '', '{}' from generate_series(1, 20000) n;
    insert into notice_receivers (corp_id, notice_id, last_user, position, receivers)
      select 100 + n % 20, ${anyDay} + n / 20, 1000 + n, n, '1' from generate_series(1, 20000) n;
    insert into notice_misses (corp_id, notice_id, user_id, reason)
      select 100 + n % 20, ${anyDay} + n / 10, 1000 + n, 1 from generate_series(1, 20000) n;
    insert into notice_contents (corp_id, day, app_id, content, user_id)
      select 100 + n % 20, n % 9, n % 3, n / 100, n from generate_series(1, 50000) n;
    insert into notice_counts (corp_id, app_id, user_id, day, sent)
      select 100 + n % 20, n % 3, n, 1, 1 from generate_series(1, 30000) n;`;
