import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Radio, Select, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import type { AppSecretAnswer, AppsAnswer, ConsoleApp } from '../../../src/client/answers.ts';
import { UserLine } from '../../shared/bidi.tsx';
import { isolate } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { useCorpNames } from '../data/corp-names.ts';
import { usePaged } from '../data/load.ts';
import { organizations } from '../data/sources.ts';
import { Choice } from '../parts/choice.tsx';
import { emptyOf, Head, More, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Search, searched, useSearched } from '../parts/search.tsx';
import { useTexts } from '../preferences.ts';
import { AppDetail } from './app-detail.tsx';
import { Secret } from './app-secret.tsx';

const path = '/console/v1/apps';

/** Credentials with which programs ask for tokens. */
export default function Apps() {
  const t = useTexts();
  const text = useSearched();
  const list = usePaged<ConsoleApp, AppsAnswer>(searched(path, text), (page) => page.apps);
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<ConsoleApp>();
  const [secret, setSecret] = useState<AppSecretAnswer>();
  const reveal = (answer: AppSecretAnswer) => {
    setSecret(answer);
    list.reload();
  };
  return (
    <>
      <Head title={t.pages.apps} hint={t.apps.hint}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
          {t.apps.add}
        </Button>
      </Head>
      <Search label={t.apps.search} />
      <section className="box flush" aria-label={t.pages.apps}>
        <Table<ConsoleApp>
          size="middle"
          rowKey="appKey"
          columns={useColumns(list.items, setShown)}
          dataSource={[...list.items]}
          loading={list.loading}
          pagination={false}
          tableLayout="fixed"
          locale={emptyOf(list, <Nothing text={text ? t.choices.nothing : t.apps.nothing} />)}
        />
        <More list={list} />
      </section>
      {isNew && <NewApp onClose={() => setNew(false)} onCreated={reveal} />}
      {shown && <AppDetail app={shown} onClose={() => setShown(undefined)} onChanged={list.reload} onSecret={reveal} />}
      {secret && <Secret app={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

const corpsOf = ({ corpId, authorizedBy }: ConsoleApp) => [...(corpId === null ? [] : [corpId]), ...authorizedBy];

function useColumns(apps: readonly ConsoleApp[], show: (app: ConsoleApp) => void): TableColumnsType<ConsoleApp> {
  const t = useTexts();
  const namesOf = useCorpNames(apps.map(corpsOf));
  return [
    {
      title: 'appKey',
      key: 'appKey',
      render: (_, app) => (
        <span className="main-cell">
          <UserLine>{app.appKey}</UserLine>
          <small className="one-line">{namesOf(corpsOf(app))}</small>
        </span>
      ),
    },
    {
      title: t.apps.kind,
      dataIndex: 'kind',
      width: 150,
      responsive: ['sm'],
      render: (kind: ConsoleApp['kind']) => <Tag>{t.apps.kinds[kind]}</Tag>,
    },
    {
      title: t.apps.permissions,
      dataIndex: 'permissions',
      responsive: ['lg'],
      render: (all: readonly string[]) => (
        <span className="one-line soft">{all.map(isolate).join(', ') || t.apps.noPermission}</span>
      ),
    },
    {
      title: t.actions,
      key: 'actions',
      width: 120,
      render: (_, app) => (
        <Button onClick={() => show(app)} aria-label={`${t.apps.details} ${app.appKey}`}>
          {t.apps.details}
        </Button>
      ),
    },
  ];
}

type Given = {
  readonly appKey: string;
  readonly kind: ConsoleApp['kind'];
  readonly corpId?: string;
  readonly permissions: readonly string[];
};

function NewApp({
  onClose,
  onCreated,
}: {
  readonly onClose: () => void;
  readonly onCreated: (answer: AppSecretAnswer) => void;
}) {
  const t = useTexts();
  const change = useChange();
  const { organization, corpId } = useCorps();
  const submit = async ({ corpId: owner, ...given }: Given) => {
    const answer = await change<AppSecretAnswer>('POST', path, {
      ...given,
      ...(given.kind === 'internal' ? { corpId: owner } : {}),
    });
    if (answer) onCreated(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={t.apps.add}
      okText={t.create}
      initial={{ kind: 'internal', permissions: ['qyapi_robot_sendmsg'], ...(corpId ? { corpId } : {}) }}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="appKey" label="appKey" rules={[{ required: true, message: t.required }]}>
        <Input maxLength={128} autoComplete="off" />
      </Form.Item>
      <Form.Item name="kind" label={t.apps.kind}>
        <Radio.Group
          options={(['internal', 'thirdParty'] as const).map((value) => ({ value, label: t.apps.kinds[value] }))}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={['kind']}>
        {({ getFieldValue }) =>
          getFieldValue('kind') === 'internal' && (
            <Form.Item name="corpId" label={t.organization} rules={[{ required: true, message: t.required }]}>
              <Choice source={organizations} chosen={organization} />
            </Form.Item>
          )
        }
      </Form.Item>
      <Form.Item name="permissions" label={t.apps.permissions}>
        <Select mode="tags" tokenSeparators={[' ', ',']} />
      </Form.Item>
    </FormDialog>
  );
}
