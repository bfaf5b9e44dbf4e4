import { Button, Checkbox, Drawer, Tag, Typography } from 'antd';
import { useEffect, useState } from 'react';
import type { RequestRecord, RequestsAnswer } from '../../../src/client/answers.ts';
import { type Paged, useLoaded } from '../data/load.ts';
import { Head, Nothing } from '../parts/common.tsx';
import { useRestoreFocus } from '../parts/focus.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { indentJson } from '../parts/message-text.ts';
import { Time } from '../parts/time.tsx';
import { useOpened, useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { curlOf } from './emulator/curl.ts';

/** Requests per page. */
const step = 100;
/** The number of requests that the server lists. */
const most = 1000;
/** Milliseconds between two polls. */
const pause = 2000;

/** The API requests that the emulator has recorded, newest first. */
export default function Requests() {
  const t = useTexts();
  const [parameters, change] = useParameters();
  const [code, open, close] = useOpened();
  const isFollowing = parameters.get('follow') !== 'no';
  const onlyErrors = parameters.get('errors') === 'only';
  const list = useNewest(isFollowing, onlyErrors);
  const shown = list.items.find(({ sequence }) => String(sequence) === code);
  return (
    <>
      <Head title={t.pages.requests} hint={t.requests.hint}>
        <Checkbox
          checked={isFollowing}
          onChange={({ target }) => change({ follow: target.checked ? undefined : 'no' }, { isSilent: true })}
        >
          {t.requests.follow}
        </Checkbox>
        <Checkbox
          checked={onlyErrors}
          onChange={({ target }) => change({ errors: target.checked ? 'only' : undefined })}
        >
          {t.requests.onlyErrors}
        </Checkbox>
      </Head>
      <List
        name={t.requests.list}
        list={list}
        columns={useColumns(open)}
        keyOf={({ sequence }) => String(sequence)}
        empty={<Nothing text={t.requests.nothing} />}
      />
      {code !== undefined && !list.loading && <Opened request={shown} onClose={close} />}
    </>
  );
}

/** The newest requests. They are polled while `isFollowing`; otherwise the list stays as it was loaded. */
function useNewest(isFollowing: boolean, onlyErrors: boolean): Paged<RequestRecord> {
  const [parameters, change] = useParameters();
  const limit = Math.min(most, Math.max(step, Number(parameters.get('rows')) || 0));
  const { data, error, loading, reload } = useLoaded<RequestsAnswer>(`/emulator/v1/requests?limit=${limit}`);
  const [requests, setRequests] = useState<readonly RequestRecord[]>([]);
  useEffect(() => {
    if (data) setRequests(data.requests.toReversed());
  }, [data]);
  useEffect(() => {
    if (!isFollowing) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), pause);
    return () => clearInterval(timer);
  }, [isFollowing, reload]);
  return {
    items: onlyErrors ? requests.filter((each) => each.error !== undefined) : requests,
    error,
    loading: loading || (data !== undefined && data.requests.length > 0 && requests.length === 0),
    hasMore: limit < most && requests.length >= limit,
    first: undefined,
    last: undefined,
    more: () => change({ rows: String(limit + step) }, { isSilent: true }),
    reload,
  };
}

function useColumns(open: (sequence: string) => void): readonly Column<RequestRecord>[] {
  const t = useTexts();
  return [
    {
      key: 'request',
      title: t.requests.request,
      cell: (request) => (
        <span className="main-cell">
          <Button type="link" className="cell-button" onClick={() => open(String(request.sequence))}>
            <span className="one-line">
              {request.method} <bdi>{request.path}</bdi>
            </span>
          </Button>
          {request.error && (
            <small className="pre-wrap" dir="auto">
              {request.error.why}
            </small>
          )}
        </span>
      ),
    },
    { key: 'status', title: t.requests.status, width: 96, cell: ({ status }) => <HttpStatus status={status} /> },
    {
      key: 'duration',
      title: t.requests.duration,
      width: 100,
      from: 'md',
      cell: ({ durationMs }) => <span className="number">{durationMs.toFixed(1)} ms</span>,
    },
    { key: 'at', title: t.requests.at, width: 190, from: 'md', cell: ({ at }) => <Time at={at} /> },
  ];
}

type OpenedProps = { readonly request: RequestRecord | undefined; readonly onClose: () => void };

function Opened({ request, onClose }: OpenedProps) {
  const t = useTexts();
  useRestoreFocus();
  return (
    <Drawer open onClose={onClose} size={640} title={t.requests.request}>
      {request ? <Detail request={request} /> : <Nothing text={t.requests.gone} />}
    </Drawer>
  );
}

function HttpStatus({ status }: { readonly status: number }) {
  const t = useTexts();
  if (status === 0) return <Tag color="error">{t.requests.dropped}</Tag>;
  return <Tag color={status < 400 ? 'success' : status < 500 ? 'warning' : 'error'}>{status}</Tag>;
}

function Detail({ request }: { readonly request: RequestRecord }) {
  const t = useTexts();
  const curl = curlOf(request, location.origin);
  return (
    <>
      <p className="spaced">
        <HttpStatus status={request.status} /> <strong>{request.method}</strong>{' '}
        <bdi className="code">{request.path}</bdi>
      </p>
      {request.error && <Part title={t.requests.cause} text={`${request.error.code}\n${request.error.why}`} />}
      <div className="box-head">
        <h2>{t.requests.curl}</h2>
        <Typography.Text copyable={{ text: curl, tooltips: [t.requests.copyCurl, t.copied] }} />
      </div>
      <Text>{curl}</Text>
      {request.body !== null && <Part title={t.requests.body} text={formatText(request.body)} />}
      {request.answer !== null && <Part title={t.requests.answer} text={formatText(request.answer)} />}
    </>
  );
}

function Part({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section>
      <div className="box-head part">
        <h2>{title}</h2>
      </div>
      <Text>{text}</Text>
    </section>
  );
}

function Text({ children }: { readonly children: string }) {
  return (
    <pre className="text spaced" dir="auto">
      {children}
    </pre>
  );
}

const formatText = (value: unknown) => indentJson(typeof value === 'string' ? value : JSON.stringify(value));
