import { SearchOutlined } from '@ant-design/icons';
import { Button, Input, Select, Table, type TableColumnsType } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import type { ConsoleMessage, ConsoleMessagesAnswer } from '../../../src/client/answers.ts';
import { useEvents } from '../data/follow.ts';
import { usePaged } from '../data/load.ts';
import { emptyOf, Head, More, Nothing, ReadShare, StatusTag } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { useFormat } from '../parts/format.ts';
import { kindOf, summaryOf } from '../parts/message-text.ts';
import { RobotChoice } from '../parts/robot-choice.tsx';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { Link, useParameters } from '../route.tsx';
import { FirstSend } from './first-send.tsx';

const filters = ['robotCode', 'userId', 'status', 'read', 'from', 'to', 'text'] as const;

/** Every message of an organization; what is searched for stands in the address. */
export default function Messages() {
  const t = useTexts();
  const { corpId } = useCorps();
  return (
    <>
      <Head title={t.pages.messages} hint={t.messages.hint} />
      {corpId && <Found corpId={corpId} />}
    </>
  );
}

function Found({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const format = useFormat();
  const [parameters] = useParameters();
  const query = new URLSearchParams({ corpId });
  for (const name of filters) {
    const value = parameters.get(name);
    if (value) query.set(name, value);
  }
  const list = usePaged<ConsoleMessage, ConsoleMessagesAnswer>(
    `/console/v1/messages?${query}`,
    (page) => page.messages,
  );
  const scannedTo = (list.last as ConsoleMessagesAnswer | undefined)?.scannedTo;
  const sequence = (list.first as ConsoleMessagesAnswer | undefined)?.sequence;
  return (
    <>
      <Filters />
      {sequence !== undefined && <Fresh key={sequence} corpId={corpId} since={sequence} onShow={list.reload} />}
      <section className="box flush" aria-label={t.messages.list}>
        <Table<ConsoleMessage>
          size="middle"
          rowKey="messageId"
          columns={useColumns()}
          dataSource={[...list.items]}
          loading={list.loading}
          pagination={false}
          tableLayout="fixed"
          locale={emptyOf(list, <Empty corpId={corpId} isFiltered={query.size > 1} />)}
        />
        <More list={list}>{scannedTo && <span>{t.messages.scannedTo(format.time(scannedTo))}</span>}</More>
      </section>
    </>
  );
}

function Empty({ corpId, isFiltered }: { readonly corpId: string; readonly isFiltered: boolean }) {
  const t = useTexts();
  if (isFiltered) return <Nothing text={t.messages.nothing} />;
  return <FirstSend corpId={corpId} text={t.messages.none} />;
}

function useColumns(): TableColumnsType<ConsoleMessage> {
  const t = useTexts();
  return [
    { title: t.messages.message, key: 'message', render: (_, message) => <MessageCell message={message} /> },
    {
      title: t.messages.kind,
      dataIndex: 'msgKey',
      width: 130,
      responsive: ['xl'],
      render: (msgKey: string) => kindOf(msgKey, t),
    },
    {
      title: t.messages.status,
      dataIndex: 'status',
      width: 110,
      responsive: ['md'],
      render: (status: ConsoleMessage['status']) => <StatusTag status={status} />,
    },
    {
      title: t.messages.read,
      key: 'read',
      width: 130,
      render: (_, { readCount, recipientCount }) => <ReadShare read={readCount} of={recipientCount} />,
    },
    {
      title: t.messages.sentAt,
      dataIndex: 'sentAt',
      width: 190,
      responsive: ['sm'],
      render: (at: number) => <Time at={at} />,
    },
  ];
}

function MessageCell({ message }: { readonly message: ConsoleMessage }) {
  const t = useTexts();
  const format = useFormat();
  const text = summaryOf(message.msgParam) || kindOf(message.msgKey, t);
  return (
    <span className="main-cell">
      <Link to={`/messages/${encodeURIComponent(message.messageId)}`} className="one-line" dir="auto">
        {message.msgParam === null ? t.messages.recalledText : text}
      </Link>
      <small className="one-line">
        <bdi>{message.robotName}</bdi>
        <span className="only-phone"> · {format.short(message.sentAt)}</span>
      </small>
    </span>
  );
}

type FreshProps = { readonly corpId: string; readonly since: number; readonly onShow: () => void };

/** Says that something was sent since the list was made; the list itself stays still under the reader's eyes. */
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
        <Typed name="text" label={t.messages.search} prefix={<SearchOutlined />} />
        <RobotChoice value={at('robotCode')} onChange={(robotCode) => change({ robotCode })} />
        <Typed name="userId" label={t.messages.user} />
        <Chosen name="status" label={t.messages.status} options={Object.entries(t.statuses)} />
        <Chosen
          name="read"
          label={t.messages.read}
          options={[
            ['all', t.messages.readAll],
            ['some-unread', t.messages.readSome],
          ]}
        />
        <Day name="from" label={t.messages.from} />
        <Day name="to" label={t.messages.to} />
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

type FilterProps = { readonly name: (typeof filters)[number]; readonly label: string };

/** A field that searches when its text is complete: on Enter, or when it is left. */
function Typed({ name, label, prefix }: FilterProps & { readonly prefix?: ReactNode }) {
  const [parameters, change] = useParameters();
  const value = parameters.get(name) ?? '';
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const search = () => change({ [name]: text.trim() || undefined });
  return (
    <div className={name === 'text' ? 'field wide' : 'field'}>
      <span>{label}</span>
      <Input
        aria-label={label}
        dir="auto"
        prefix={prefix}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={search}
        onBlur={search}
        allowClear
        maxLength={128}
      />
    </div>
  );
}

function Chosen({ name, label, options }: FilterProps & { readonly options: readonly (readonly [string, string])[] }) {
  const t = useTexts();
  const [parameters, change] = useParameters();
  return (
    <div className="field">
      <span>{label}</span>
      <Select
        aria-label={label}
        allowClear
        value={parameters.get(name)}
        placeholder={t.all}
        options={options.map(([value, text]) => ({ value, label: text }))}
        onChange={(value) => change({ [name]: value ?? undefined })}
      />
    </div>
  );
}

/** A time to the minute, in the time zone of the browser. */
function Day({ name, label }: FilterProps) {
  const [parameters, change] = useParameters();
  const given = Number(parameters.get(name));
  const shown = new Date(given - new Date(given).getTimezoneOffset() * 60_000);
  // The address may name what is no time at all.
  const local = given && !Number.isNaN(shown.getTime()) ? shown.toISOString().slice(0, 16) : '';
  return (
    <div className="field when">
      <span>{label}</span>
      <Input
        aria-label={label}
        type="datetime-local"
        value={local}
        onChange={({ target }) =>
          change({ [name]: target.value ? String(new Date(target.value).getTime()) : undefined })
        }
      />
    </div>
  );
}
