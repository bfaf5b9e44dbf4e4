import { Button, Checkbox, Drawer, Table, type TableColumnsType, Tag, Typography } from 'antd';
import { useEffect, useState } from 'react';
import type { RequestRecord, RequestsAnswer } from '../../../src/client/answers.ts';
import { useLoaded } from '../data/load.ts';
import { Failure, Head, Nothing } from '../parts/common.tsx';
import { indented } from '../parts/message-text.ts';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { curlOf } from './emulator/curl.ts';

const path = '/emulator/v1/requests?limit=200';
const pause = 2000;

/** What programs have asked of the API, the newest first. */
export default function Requests() {
  const t = useTexts();
  const [isFollowing, setFollowing] = useState(true);
  const [onlyErrors, setOnlyErrors] = useState(false);
  const [shown, setShown] = useState<RequestRecord>();
  const { requests, error, reload } = useNewest(isFollowing);
  const rows = requests.filter((each) => !onlyErrors || each.error !== undefined).toReversed();
  return (
    <>
      <Head title={t.pages.requests} hint={t.requests.hint}>
        <Checkbox checked={isFollowing} onChange={(event) => setFollowing(event.target.checked)}>
          {t.requests.follow}
        </Checkbox>
        <Checkbox checked={onlyErrors} onChange={(event) => setOnlyErrors(event.target.checked)}>
          {t.requests.onlyErrors}
        </Checkbox>
      </Head>
      {error && <Failure error={error} onRetry={reload} />}
      <section className="box flush" aria-label={t.requests.list}>
        <Table<RequestRecord>
          size="middle"
          rowKey="sequence"
          columns={useColumns(setShown)}
          dataSource={rows}
          pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
          tableLayout="fixed"
          locale={{ emptyText: <Nothing text={t.requests.nothing} /> }}
        />
      </section>
      <Drawer
        open={shown !== undefined}
        onClose={() => setShown(undefined)}
        size={640}
        title={t.requests.request}
        destroyOnHidden
      >
        {shown && <Detail request={shown} />}
      </Drawer>
    </>
  );
}

/** The list as it was last answered; while it is followed it is asked for again and again. */
function useNewest(isFollowing: boolean) {
  const { data, error, reload } = useLoaded<RequestsAnswer>(path);
  const [requests, setRequests] = useState<readonly RequestRecord[]>([]);
  useEffect(() => {
    if (data) setRequests(data.requests);
  }, [data]);
  useEffect(() => {
    if (!isFollowing) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), pause);
    return () => clearInterval(timer);
  }, [isFollowing, reload]);
  return { requests, error, reload };
}

function useColumns(show: (request: RequestRecord) => void): TableColumnsType<RequestRecord> {
  const t = useTexts();
  return [
    {
      title: t.requests.request,
      key: 'request',
      render: (_, request) => (
        <span className="main-cell">
          <Button type="link" className="cell-button" onClick={() => show(request)}>
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
    {
      title: t.requests.status,
      dataIndex: 'status',
      width: 96,
      render: (status: number) => <HttpStatus status={status} />,
    },
    {
      title: t.requests.duration,
      dataIndex: 'durationMs',
      width: 100,
      responsive: ['md'],
      render: (ms: number) => <span className="number">{ms.toFixed(1)} ms</span>,
    },
    {
      title: t.requests.at,
      dataIndex: 'at',
      width: 190,
      responsive: ['md'],
      render: (at: number) => <Time at={at} />,
    },
  ];
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
      {request.body !== null && <Part title={t.requests.body} text={written(request.body)} />}
      {request.answer !== null && <Part title={t.requests.answer} text={written(request.answer)} />}
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

const written = (value: unknown) => indented(typeof value === 'string' ? value : JSON.stringify(value));
