import { DownloadOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import type { ConsoleMessageDetail } from '../../../src/client/answers.ts';
import { Boundary } from '../../shared/boundary.tsx';
import { useFirst } from '../data/first.ts';
import { type FollowedEvent, useEvents } from '../data/follow.ts';
import { useLoaded } from '../data/load.ts';
import { usePaced } from '../data/paced.ts';
import { Back } from '../parts/back.tsx';
import { Code, Head, ReadShare, StatusTag } from '../parts/common.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { useFormat } from '../parts/format.ts';
import { Loadable } from '../parts/lists/loadable.tsx';
import { groupPath, noticePath } from '../parts/lists/two-lines.tsx';
import { LiveMark } from '../parts/live-mark.tsx';
import { cardIdOf, headingOf, kindOf, summaryOf, titleOf } from '../parts/message-text.ts';
import { Plot } from '../parts/plot.tsx';
import { Recall } from '../parts/recall.tsx';
import { Time } from '../parts/time.tsx';
import { Link, type PageProps } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { CardContent, CardFacts, useCard } from './cards/content.tsx';
import { ConversationReaders } from './conversation-readers.tsx';
import { MessageContent } from './message-content.tsx';
import { Recipients } from './recipients.tsx';

const pathOf = (id: string) => `/console/v1/messages/${encodeURIComponent(id)}`;

/** One message with its recipients, updated live. */
export default function Message({ id }: PageProps) {
  const t = useTexts();
  const loaded = useLoaded<ConsoleMessageDetail>(pathOf(id));
  return (
    <>
      <Back to="/messages">{t.message.back}</Back>
      <Loadable of={loaded}>
        {(message) => <Shown message={message} onReload={loaded.reload} onRecalled={loaded.replace} />}
      </Loadable>
    </>
  );
}

type ShownProps = {
  readonly message: ConsoleMessageDetail;
  readonly onReload: () => void;
  readonly onRecalled: (message: ConsoleMessageDetail) => void;
};

function Shown({ message, onReload, onRecalled }: ShownProps) {
  const t = useTexts();
  const app = App.useApp();
  const { corpId, messageId, sequence, members } = message;
  const follow = new URLSearchParams({ corpId, messageId });
  const reload = usePaced(onReload, members ? pace : 0);
  const onEvent = (event: FollowedEvent) => {
    if (event.kind === 'removed') app.message.info(t.message.removed);
    else reload();
  };
  // Starting at the sequence of the first response delivers events from before the stream was connected, too.
  const isLive = useEvents(`/console/v1/events?${follow}&since=${useFirst(sequence)}`, onEvent);
  const cardId = cardIdOf(message);
  const title = headingOf(summaryOf(message.msgParam)) || kindOf(message.msgKey, t);
  return (
    <>
      <Head title={<bdi>{title}</bdi>} name={title} hint={<LiveMark isLive={isLive} />}>
        {!members && (
          <Button icon={<DownloadOutlined />} href={`${pathOf(messageId)}/recipients.csv`} download>
            {t.message.csv}
          </Button>
        )}
        {message.recalledAt === null && (
          <Recall
            title={t.message.recallTitle}
            path={`${pathOf(messageId)}/recall`}
            right="messages.recall"
            corpId={message.corpId}
            onRecalled={onRecalled}
          />
        )}
      </Head>
      {cardId === undefined ? (
        <section className="box">
          <Boundary resetOn={message}>
            <MessageContent message={message} />
          </Boundary>
        </section>
      ) : (
        <Card corpId={corpId} cardId={cardId} />
      )}
      <Facts facts={useFacts(message)} />
      {members ? <ConversationReaders message={message} /> : <ToUsers message={message} />}
    </>
  );
}

/** The present content of the card that a message shows. */
function Card({ corpId, cardId }: { readonly corpId: string; readonly cardId: string }) {
  return (
    <Loadable of={useCard(corpId, cardId)}>
      {(card) => (
        <>
          <CardContent corpId={corpId} card={card} />
          <CardFacts card={card} />
        </>
      )}
    </Loadable>
  );
}

/** Milliseconds between two requests for a message that many people read at the same time. */
const pace = 1000;

/** The recipients of a message that was sent to users. */
function ToUsers({ message }: { readonly message: ConsoleMessageDetail }) {
  const t = useTexts();
  return (
    <>
      <Recipients message={message} />
      <Filtered message={message} />
      <section className="box">
        <h2>{t.message.curve}</h2>
        <Boundary resetOn={message}>
          <Curve message={message} />
        </Boundary>
      </section>
    </>
  );
}

function useFacts(message: ConsoleMessageDetail): readonly Fact[] {
  const t = useTexts();
  const { members, conversation, taskId } = message;
  const [read, of] = members
    ? [members.readCount, members.memberCount]
    : [message.presentReadCount, message.presentCount];
  return [
    [t.messages.status, <StatusTag key="status" status={message.status} />],
    [t.messages.read, <ReadShare key="read" read={read} of={of} />],
    ...(message.leftCount === 0 ? [] : [[t.message.leftCount, message.leftCount] as const]),
    ...(conversation ? [[t.chats.conversation, <Conversation key="chat" of={conversation} />] as const] : []),
    ...(taskId === null ? [] : [[t.pages.notices, <Notice key="notice" taskId={taskId} />] as const]),
    [t.messages.robot, <bdi key="robot">{message.robotName}</bdi>],
    [t.messages.kind, kindOf(message.msgKey, t)],
    [t.messages.sentAt, <Time key="sent" at={message.sentAt} />],
    [t.message.deliveredAt, <Time key="delivered" at={message.deliveredAt} />],
    ...(message.recalledAt === null
      ? []
      : [[t.message.recalledAt, <Time key="recalled" at={message.recalledAt} />] as const]),
    [
      t.message.key,
      <Code key="key" name={t.message.key}>
        {message.processQueryKey}
      </Code>,
      'wide',
    ],
  ];
}

/** The conversation that a message was sent to. Groups have a page. */
function Conversation({ of }: { readonly of: NonNullable<ConsoleMessageDetail['conversation']> }) {
  const t = useTexts();
  const title = <bdi>{titleOf(of, t)}</bdi>;
  if (of.kind === 'private') return title;
  return <Link to={groupPath(of.openConversationId)}>{title}</Link>;
}

function Notice({ taskId }: { readonly taskId: number }) {
  return <Link to={noticePath(taskId)}>{taskId}</Link>;
}

/** The users who had blocked the robot when the message was sent. */
function Filtered({ message: { filtered } }: { readonly message: ConsoleMessageDetail }) {
  const t = useTexts();
  if (filtered.length === 0) return null;
  return (
    <section className="box">
      <h2>{t.message.filtered}</h2>
      <p className="soft">{t.message.filteredHint}</p>
      <ul className="tiles one">
        {filtered.map(({ userId, name }) => (
          <li key={userId}>
            <span className="main-cell">
              <span dir="auto">{name}</span>
              <small>{userId}</small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Curve({ message }: { readonly message: ConsoleMessageDetail }) {
  const t = useTexts();
  const format = useFormat();
  const { readCount, recipientCount } = message;
  const points = pointsOf(message);
  const lines = [
    { label: t.overview.reads, values: points.map(({ reads }) => reads), colour: 'green', shape: 'steps' },
  ] as const;
  return (
    <Plot
      label={t.message.curveLabel(readCount, recipientCount)}
      positions={t.overview.time}
      at={points.map(({ at }) => at)}
      lines={lines}
      top={recipientCount}
      percent={format.percent}
    />
  );
}

/**
 * The points of the read curve: the last count at each time, and a point after the last read, so that its step is
 * visible.
 */
function pointsOf({ readCurve }: ConsoleMessageDetail): readonly { readonly at: number; readonly reads: number }[] {
  const points = readCurve.filter(({ at }, index) => readCurve[index + 1]?.at !== at);
  const [first, last] = [readCurve[0], readCurve.at(-1)];
  if (!first || !last) return [];
  const rest = Math.max(60_000, Math.round((last.at - first.at) * 0.08));
  return [...points, { at: last.at + rest, reads: last.reads }];
}
