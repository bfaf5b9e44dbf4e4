import type { ConsoleNotice, ConsoleNoticesAnswer } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { apps } from '../../data/sources.ts';
import { FilterChoice } from '../../parts/choices/filter-choice.tsx';
import { useFilters } from '../../parts/choices/select-filter.tsx';
import { Head, Nothing, ReadShare } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { noticePath, TwoLines } from '../../parts/lists/two-lines.tsx';
import { kindOf, summaryOf } from '../../parts/message-text.ts';
import { Time } from '../../parts/time.tsx';
import { useParameters } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { NoticeState } from './state.tsx';

/** The work notices of an organization with their results. */
export default function Notices() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.notices}>{(corpId) => <NoticesOf corpId={corpId} />}</CorpNeeded>;
}

function NoticesOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const [parameters, change] = useParameters();
  const query = useFilters(['appKey'], { corpId });
  const list = useList<ConsoleNotice, ConsoleNoticesAnswer>(`/console/v1/workNotices?${query}`, (page) => page.notices);
  return (
    <>
      <Head title={t.pages.notices} hint={t.notices.hint} />
      <search className="box">
        <div className="filters">
          <FilterChoice
            label={t.notices.app}
            source={apps}
            value={parameters.get('appKey') ?? undefined}
            placeholder={t.all}
            onChange={(appKey) => change({ appKey })}
          />
        </div>
      </search>
      <List
        name={t.pages.notices}
        list={list}
        columns={useColumns()}
        keyOf={({ taskId }) => String(taskId)}
        empty={<Nothing text={t.notices.nothing} />}
      />
    </>
  );
}

function useColumns(): readonly Column<ConsoleNotice>[] {
  const t = useTexts();
  const format = useFormat();
  return [
    {
      key: 'notice',
      title: t.notices.notice,
      cell: ({ taskId, message, msgKey, appKey }) => (
        <TwoLines
          first={message === null ? t.messages.recalledText : summaryOf(message) || kindOf(msgKey, t)}
          second={appKey}
          to={noticePath(taskId)}
        />
      ),
    },
    { key: 'state', title: t.messages.status, width: 150, cell: (notice) => <NoticeState notice={notice} /> },
    {
      key: 'read',
      title: t.notices.read,
      width: 140,
      cell: ({ read, missed, receiverCount }) =>
        read.isExact && missed.isExact ? (
          <ReadShare read={read.count} of={Math.max(read.count, receiverCount - missed.count)} />
        ) : (
          <span className="number">{format.number(read.count)}+</span>
        ),
    },
    {
      key: 'missed',
      title: t.notices.missed,
      width: 130,
      from: 'md',
      cell: ({ missed }) => (
        <span className="number">
          {format.number(missed.count)}
          {missed.isExact ? '' : '+'}
        </span>
      ),
    },
    { key: 'sentAt', title: t.messages.sentAt, width: 190, from: 'md', cell: ({ sentAt }) => <Time at={sentAt} /> },
  ];
}
