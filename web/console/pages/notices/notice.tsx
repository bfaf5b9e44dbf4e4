import { useEffect } from 'react';
import type { ConsoleNoticeAnswer } from '../../../../src/client/answers.ts';
import { Boundary } from '../../../shared/boundary.tsx';
import { useFirst } from '../../data/first.ts';
import { useEvents } from '../../data/follow.ts';
import { useLoaded } from '../../data/load.ts';
import { usePaced } from '../../data/paced.ts';
import { Back } from '../../parts/back.tsx';
import { Code, Head, ReadShare } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { LiveMark } from '../../parts/live-mark.tsx';
import { headingOf, kindOf, summaryOf } from '../../parts/message-text.ts';
import { Recall } from '../../parts/recall.tsx';
import { Time } from '../../parts/time.tsx';
import type { PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { MessageContent } from '../message-content.tsx';
import { noticeCall } from './calls.ts';
import { NoticePeople } from './people.tsx';
import { NoticeState } from './state.tsx';

/** One work notice with its result, updated live. */
export default function Notice({ id }: PageProps) {
  const t = useTexts();
  return (
    <>
      <Back to="/notices">{t.notices.back}</Back>
      <CorpNeeded title={t.pages.notices}>{(corpId) => <NoticeOf corpId={corpId} taskId={id} />}</CorpNeeded>
    </>
  );
}

function NoticeOf({ corpId, taskId }: { readonly corpId: string; readonly taskId: string }) {
  const loaded = useLoaded<ConsoleNoticeAnswer>(noticeCall(corpId, taskId));
  return (
    <Loadable of={loaded}>
      {(notice) => <Shown notice={notice} onReload={loaded.reload} onRecalled={loaded.replace} />}
    </Loadable>
  );
}

type ShownProps = {
  readonly notice: ConsoleNoticeAnswer;
  readonly onReload: () => void;
  readonly onRecalled: (notice: ConsoleNoticeAnswer) => void;
};

/** Milliseconds between two requests for a notice that is being delivered, or that many receivers read at a time. */
const pace = 1000;

function Shown({ notice, onReload, onRecalled }: ShownProps) {
  const t = useTexts();
  const { corpId, messageId, taskId, sequence, message, msgKey, status, recalledAt } = notice;
  const reload = usePaced(onReload, pace);
  const follow = new URLSearchParams({ corpId, messageId });
  const isLive = useEvents(`/console/v1/events?${follow}&since=${useFirst(sequence)}`, reload);
  useRepeated(onReload, status !== 'done');
  const title = headingOf(summaryOf(message)) || kindOf(msgKey, t);
  return (
    <>
      <Head title={<bdi>{title}</bdi>} name={title} hint={<LiveMark isLive={isLive} />}>
        {recalledAt === null && (
          <Recall
            title={t.notices.recallTitle}
            path={noticeCall(corpId, taskId, '/recall')}
            right="notices.change"
            corpId={corpId}
            onRecalled={onRecalled}
          />
        )}
      </Head>
      <section className="box">
        <Boundary resetOn={message}>
          <MessageContent message={{ corpId, messageId, msgKey, msgParam: message, recalledAt }} />
        </Boundary>
      </section>
      <Facts facts={useFacts(notice)} />
      <NoticePeople notice={notice} />
    </>
  );
}

/** Runs an action in intervals while the page is visible: events do not report the steps of a delivery. */
function useRepeated(action: () => void, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && action(), pace);
    return () => clearInterval(timer);
  }, [action, isOn]);
}

function useFacts(notice: ConsoleNoticeAnswer): readonly Fact[] {
  const t = useTexts();
  const format = useFormat();
  const { result, recalledAt, invalidUserIds, invalidDeptIds, percent, status } = notice;
  const optional = (name: string, count: number) => (count === 0 ? [] : [[name, format.number(count)] as const]);
  return [
    [t.messages.status, <NoticeState key="state" notice={notice} />],
    ...(status === 'done' ? [] : [[t.notices.progress, <Progress key="progress" percent={percent} />] as const]),
    [t.messages.read, <ReadShare key="read" read={result.read} of={result.read + result.unread} />],
    [t.notices.receivers, format.number(notice.receiverCount)],
    [t.notices.unread, format.number(result.unread)],
    ...optional(t.notices.failed, result.failed),
    ...optional(t.notices.forbidden, result.forbidden),
    ...optional(t.notices.waiting, result.waiting),
    [t.notices.app, <bdi key="app">{notice.appKey}</bdi>],
    [t.messages.kind, kindOf(notice.msgKey, t)],
    [t.messages.sentAt, <Time key="sent" at={notice.sentAt} />],
    ...(recalledAt === null ? [] : [[t.message.recalledAt, <Time key="recalled" at={recalledAt} />] as const]),
    [t.notices.agentId, <Plain key="agentId" name={t.notices.agentId} value={notice.agentId} />],
    [t.notices.taskId, <Plain key="taskId" name={t.notices.taskId} value={notice.taskId} />],
    ...(invalidUserIds.length === 0 ? [] : [listed(t.notices.invalidUsers, invalidUserIds)]),
    ...(invalidDeptIds.length === 0 ? [] : [listed(t.notices.invalidDepartments, invalidDeptIds.map(String))]),
  ];
}

const Plain = ({ name, value }: { readonly name: string; readonly value: number }) => (
  <Code name={name}>{String(value)}</Code>
);

/** Codes that one line can show. */
const mostListed = 100;

function listed(name: string, codes: readonly string[]): Fact {
  const shown = codes.slice(0, mostListed);
  const rest = codes.length - shown.length;
  const text = (
    <span key={name}>
      {shown.map((code) => (
        <bdi key={code}>{code} </bdi>
      ))}
      {rest > 0 && `+${rest}`}
    </span>
  );
  return [name, text, 'wide'];
}

function Progress({ percent }: { readonly percent: number }) {
  const t = useTexts();
  return (
    <span className="share">
      <progress max={100} value={percent} aria-label={t.notices.progress} />
      <span>{t.notices.percent(percent)}</span>
    </span>
  );
}
