import { Tag } from 'antd';
import type { ConsoleNoticeAnswer, MissedAnswer } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { useReloadOn } from '../../data/reload-on.ts';
import { Nothing } from '../../parts/common.tsx';
import { type Column, List } from '../../parts/lists/list.tsx';
import { useParameters } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { ListHead, NonReaders, nameColumn, Readers } from '../conversation-readers.tsx';
import { noticeCall } from './calls.ts';

type Props = { readonly notice: ConsoleNoticeAnswer };
type Missed = MissedAnswer['missed'][number];

const lists = ['read', 'unread', 'missed'] as const;

/** Who has read a work notice, who has not, and who did not get it. */
export function NoticePeople({ notice }: Props) {
  const t = useTexts();
  const [parameters] = useParameters();
  const state = parameters.get('state');
  const shown = lists.find((one) => one === state) ?? 'read';
  const { read, unread, failed, forbidden, waiting } = notice.result;
  const counts = { read, unread, missed: failed + forbidden };
  // A delivery has no event for each of its steps, so the lists are also reloaded when the counts change.
  const version = [notice.sequence, waiting, notice.recalledAt].join();
  return (
    <>
      <ListHead
        title={t.notices.result}
        lists={lists.map((value) => ({ value, label: t.notices.lists[value], count: counts[value] }))}
        shown={shown}
        status={t.readOf(read, read + unread)}
      />
      {shown === 'read' && <Readers message={notice} version={version} />}
      {shown === 'unread' && <NonReaders message={notice} version={version} />}
      {shown === 'missed' && <MissedUsers notice={notice} version={version} />}
    </>
  );
}

function MissedUsers({ notice, version }: Props & { readonly version: string }) {
  const t = useTexts();
  const path = noticeCall(notice.corpId, notice.taskId, '/missed');
  const list = useList<Missed, MissedAnswer>(path, (page) => page.missed);
  useReloadOn(list, version);
  const columns: readonly Column<Missed>[] = [
    nameColumn(t.message.recipient),
    { key: 'reason', title: t.notices.reason, cell: ({ reason }) => <Tag>{t.notices.reasons[reason]}</Tag> },
  ];
  return (
    <List
      name={t.notices.missed}
      list={list}
      columns={columns}
      keyOf={({ userId }) => userId}
      empty={<Nothing text={t.notices.nobodyMissed} />}
    />
  );
}
