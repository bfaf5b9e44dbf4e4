import { EditOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { ConsoleMessage, ConsoleMessagesAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useEvents } from '../data/follow.ts';
import { useList } from '../data/list.ts';
import { useCan } from '../parts/allowed.tsx';
import { GroupChoice } from '../parts/choices/group-choice.tsx';
import { PersonChoice } from '../parts/choices/person-choice.tsx';
import { RobotChoice } from '../parts/choices/robot-choice.tsx';
import { SelectFilter, useFilters } from '../parts/choices/select-filter.tsx';
import { Head, Nothing, ReadShare, StatusTag } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { noticePath, TwoLines } from '../parts/lists/two-lines.tsx';
import { kindOf, summaryOf, titleOf } from '../parts/message-text.ts';
import { Time } from '../parts/time.tsx';
import { useTyped } from '../parts/typed.ts';
import { TimeFilter } from '../parts/when.tsx';
import { navigate, useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { FirstSend } from './first-send.tsx';

const filters = ['robotCode', 'userId', 'sentTo', 'openConversationId', 'status', 'read', 'from', 'to', 'text'];

/** The messages of an organization. The filters are stored in the URL. */
export default function Messages() {
  const t = useTexts();
  const { corpId } = useCorps();
  return (
    <>
      <Head title={t.pages.messages} hint={t.messages.hint}>
        <Button type="primary" icon={<EditOutlined />} onClick={() => navigate('/compose')}>
          {t.compose.open}
        </Button>
      </Head>
      {corpId && <Found corpId={corpId} />}
    </>
  );
}

function Found({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const format = useFormat();
  const query = useFilters(filters, { corpId });
  const list = useList<ConsoleMessage, ConsoleMessagesAnswer>(`/console/v1/messages?${query}`, (page) => page.messages);
  const scannedTo = (list.last as ConsoleMessagesAnswer | undefined)?.scannedTo;
  const sequence = (list.first as ConsoleMessagesAnswer | undefined)?.sequence;
  return (
    <>
      <Filters />
      {sequence !== undefined && <Fresh key={sequence} corpId={corpId} since={sequence} onShow={list.reload} />}
      <List
        name={t.messages.list}
        list={list}
        columns={useColumns()}
        keyOf={({ messageId }) => messageId}
        empty={<Empty corpId={corpId} isFiltered={query.size > 1} />}
        note={scannedTo && <span>{t.messages.scannedTo(format.time(scannedTo))}</span>}
      />
    </>
  );
}

function Empty({ corpId, isFiltered }: { readonly corpId: string; readonly isFiltered: boolean }) {
  const t = useTexts();
  const can = useCan();
  if (isFiltered) return <Nothing text={t.messages.nothing} />;
  // The commands of a first send are those of an app.
  if (!can('apps.read')) return <Nothing text={t.messages.none} />;
  return <FirstSend corpId={corpId} text={t.messages.none} />;
}

function useColumns(): readonly Column<ConsoleMessage>[] {
  const t = useTexts();
  return [
    { key: 'message', title: t.messages.message, cell: (message) => <MessageCell message={message} /> },
    {
      key: 'kind',
      title: t.messages.kind,
      width: 130,
      from: 'xl',
      cell: ({ msgKey }) => kindOf(msgKey, t),
    },
    {
      key: 'status',
      title: t.messages.status,
      width: 120,
      from: 'md',
      cell: ({ status }) => <StatusTag status={status} />,
    },
    {
      key: 'read',
      title: t.messages.read,
      width: 140,
      cell: ({ presentReadCount, presentCount, conversation, taskId }) =>
        conversation || taskId !== null ? (
          <span className="soft">{t.chats.seeMessage}</span>
        ) : (
          <ReadShare read={presentReadCount} of={presentCount} />
        ),
    },
    { key: 'sentAt', title: t.messages.sentAt, width: 190, cell: ({ sentAt }) => <Time at={sentAt} /> },
  ];
}

function MessageCell({ message }: { readonly message: ConsoleMessage }) {
  const t = useTexts();
  const { messageId, taskId, msgParam, msgKey, robotName, conversation } = message;
  const text = summaryOf(msgParam) || kindOf(msgKey, t);
  return (
    <TwoLines
      first={msgParam === null ? t.messages.recalledText : text}
      second={conversation ? `${isolate(robotName)} → ${isolate(titleOf(conversation, t))}` : robotName}
      to={taskId === null ? `/messages/${encodeURIComponent(messageId)}` : noticePath(taskId)}
    />
  );
}

type FreshProps = { readonly corpId: string; readonly since: number; readonly onShow: () => void };

/** Shows the number of messages sent since the list was loaded, instead of moving the list while somebody reads it. */
function Fresh({ corpId, since, onShow }: FreshProps) {
  const t = useTexts();
  const [count, setCount] = useState(0);
  useEvents(`/console/v1/events?${new URLSearchParams({ corpId, since: String(since) })}`, ({ kind }) => {
    if (kind === 'sent') setCount((old) => old + 1);
  });
  return (
    <div role="status">
      {count > 0 && (
        <Button className="spaced" block onClick={onShow}>
          {t.messages.fresh(count)}
        </Button>
      )}
    </div>
  );
}

function Filters() {
  const t = useTexts();
  const [parameters, change] = useParameters();
  const at = (name: string) => parameters.get(name) ?? undefined;
  const isFiltered = filters.some((name) => at(name));
  return (
    <search className="box">
      <div className="filters">
        <SearchText />
        <RobotChoice value={at('robotCode')} onChange={(robotCode) => change({ robotCode })} />
        <PersonChoice value={at('userId')} onChange={(userId) => change({ userId })} />
        <SelectFilter name="sentTo" label={t.chats.sentTo} options={t.chats.audiences} />
        <GroupChoice value={at('openConversationId')} onChange={(id) => change({ openConversationId: id })} />
        <SelectFilter name="status" label={t.messages.status} options={t.statuses} />
        <SelectFilter
          name="read"
          label={t.messages.read}
          options={{ all: t.messages.readAll, 'some-unread': t.messages.readSome }}
        />
        <TimeFilter name="from" label={t.messages.from} />
        <TimeFilter name="to" label={t.messages.to} />
        <Button
          disabled={!isFiltered}
          onClick={() => change(Object.fromEntries(filters.map((name) => [name, undefined])))}
        >
          {t.messages.clear}
        </Button>
      </div>
    </search>
  );
}

function SearchText() {
  const t = useTexts();
  const { text, type, search, leave } = useTyped('text');
  return (
    <div className="field wide">
      <span>{t.messages.search}</span>
      <Input
        aria-label={t.messages.search}
        dir="auto"
        prefix={<SearchOutlined />}
        value={text}
        onChange={(event) => type(event.target.value)}
        onPressEnter={search}
        onBlur={leave}
        allowClear
        maxLength={128}
      />
    </div>
  );
}
