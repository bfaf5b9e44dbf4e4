/** The templates of `sendbytemplate`: messages with placeholders, which an app names by their code. */
import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';

/** A template of an app. `msg` is the JSON text of a message with its msgtype. */
export type NoticeTemplate = { readonly code: string; readonly state: 'active' | 'stopped'; readonly msg: string };

const upsertTemplate = sql(
  'put_notice_template',
  `insert into notice_templates (corp_id, app_id, code, state, msg) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, app_id, code) do update set state = excluded.state, msg = excluded.msg`,
);
const selectTemplate = sql<[code: string, state: NoticeTemplate['state'], msg: string]>(
  'select_notice_template',
  `select code, state, msg from notice_templates where corp_id = $1 and app_id = $2 and code = $3`,
);

/** Creates or replaces a template. `corpId` is that of the app: 0 for a third-party app. */
export function* putNoticeTemplate(corpId: number, appId: number, { code, state, msg }: NoticeTemplate): Work<void> {
  yield* queryRows(upsertTemplate, corpId, appId, code, state, msg);
}

/** Finds a template by its code. */
export function* findNoticeTemplate(corpId: number, appId: number, code: string): Work<NoticeTemplate | undefined> {
  const [found, state = 'active', msg = ''] = (yield* queryRow(selectTemplate, corpId, appId, code)) ?? [];
  return found === undefined ? undefined : { code: found, state, msg };
}
