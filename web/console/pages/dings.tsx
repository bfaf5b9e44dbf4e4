import { SettingOutlined } from '@ant-design/icons';
import { Button, Form, InputNumber, Tag } from 'antd';
import { useState } from 'react';
import type { ConsoleDingsAnswer, DingQuotaAnswer } from '../../../src/client/answers.ts';
import { useList } from '../data/list.ts';
import { useLoaded } from '../data/load.ts';
import { Allowed } from '../parts/allowed.tsx';
import { SelectFilter, useFilters } from '../parts/choices/select-filter.tsx';
import { Failure, Head, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { TwoLines, userPath } from '../parts/lists/two-lines.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Row = ConsoleDingsAnswer['deliveries'][number];

const stateColors = { unread: 'warning', read: 'success', recalled: 'default' } as const;

/** The outbox of DINGs: what was sent to whom, in the app, by SMS or by phone. */
export default function Dings() {
  const t = useTexts();
  const { corpId } = useCorps();
  const [isEditing, setEditing] = useState(false);
  const query = useFilters(['channel', 'state'], { corpId: corpId ?? '' });
  return (
    <>
      <Head title={t.pages.dings} hint={t.dings.hint}>
        <Allowed right="dings.change">
          <Button icon={<SettingOutlined />} onClick={() => setEditing(true)}>
            {t.dings.quotas}
          </Button>
        </Allowed>
      </Head>
      <search className="box">
        <div className="filters">
          <SelectFilter name="channel" label={t.dings.channel} options={t.dings.channels} />
          <SelectFilter name="state" label={t.messages.status} options={t.dings.states} />
        </div>
      </search>
      {corpId && <Outbox query={query} />}
      {corpId && isEditing && <Quotas key={corpId} corpId={corpId} onClose={() => setEditing(false)} />}
    </>
  );
}

function Outbox({ query }: { readonly query: URLSearchParams }) {
  const t = useTexts();
  const list = useList<Row, ConsoleDingsAnswer>(`/console/v1/dings?${query}`, (page) => page.deliveries);
  const columns: readonly Column<Row>[] = [
    {
      key: 'name',
      title: t.message.recipient,
      cell: ({ name, userId }) => <TwoLines first={name} second={userId} to={userPath(userId)} />,
    },
    {
      key: 'content',
      title: t.dings.content,
      cell: ({ content, robotName }) => <TwoLines first={content || t.dings.gone} second={robotName} />,
    },
    {
      key: 'channel',
      title: t.dings.channel,
      width: 150,
      cell: ({ channel, callVoice }) => (
        <span className="main-cell">
          <span>{t.dings.channels[channel]}</span>
          {callVoice !== null && <small className="one-line">{t.dings.voices[callVoice] ?? callVoice}</small>}
        </span>
      ),
    },
    {
      key: 'state',
      title: t.messages.status,
      width: 110,
      cell: ({ state }) => <Tag color={stateColors[state]}>{t.dings.states[state]}</Tag>,
    },
    { key: 'sentAt', title: t.messages.sentAt, width: 190, from: 'md', cell: ({ sentAt }) => <Time at={sentAt} /> },
  ];
  return (
    <List
      name={t.pages.dings}
      list={list}
      columns={columns}
      keyOf={({ dingId, userId }) => `${dingId} ${userId}`}
      empty={<Nothing text={t.dings.nothing} />}
    />
  );
}

type QuotaProps = { readonly corpId: string; readonly onClose: () => void };

/** The dialog for the quotas. It opens when the present ones have loaded. */
function Quotas({ corpId, onClose }: QuotaProps) {
  const path = `/console/v1/organizations/${encodeURIComponent(corpId)}/dingQuota`;
  const { data, error } = useLoaded<DingQuotaAnswer>(path);
  if (error) return <Failure error={error} />;
  return data ? <QuotaForm path={path} quotas={data} onClose={onClose} /> : null;
}

type Given = { readonly sms?: number | null; readonly phone?: number | null };

function QuotaForm({
  path,
  quotas,
  onClose,
}: { readonly path: string; readonly quotas: DingQuotaAnswer } & Pick<QuotaProps, 'onClose'>) {
  const t = useTexts();
  const format = useFormat();
  const { change, refusal } = useFormChange();
  const submit = async ({ sms, phone }: Given) => {
    const body = { sms: sms ?? null, phone: phone ?? null };
    return (await change('PUT', path, body, t.saved)) !== undefined;
  };
  return (
    <FormDialog<Given>
      title={t.dings.quotas}
      okText={t.save}
      initial={{ sms: quotas.sms.quota, phone: quotas.phone.quota }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      {(['sms', 'phone'] as const).map((channel) => (
        <Form.Item
          key={channel}
          name={channel}
          label={t.dings.channels[channel]}
          extra={t.dings.used(format.number(quotas[channel].used))}
        >
          <InputNumber min={0} max={1_000_000_000} precision={0} className="full" placeholder={t.dings.unlimited} />
        </Form.Item>
      ))}
    </FormDialog>
  );
}
