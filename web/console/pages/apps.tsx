import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Radio, Select, Tag } from 'antd';
import { useState } from 'react';
import type { AppSecretAnswer, AppsAnswer, ConsoleApp } from '../../../src/client/answers.ts';
import { UserLine } from '../../shared/bidi.tsx';
import { isolate } from '../../shared/isolate.ts';
import { useCorpNames } from '../data/corp-names.ts';
import { useList } from '../data/list.ts';
import { useOpenedItem } from '../data/opened.ts';
import { apps, organizations } from '../data/sources.ts';
import { Allowed, useCan } from '../parts/allowed.tsx';
import { Choice } from '../parts/choices/choice.tsx';
import { Failure, Head, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { type Column, List } from '../parts/lists/list.tsx';
import { Search, useSearchText, withSearch } from '../parts/lists/search.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { AppDetail } from './app-detail.tsx';
import { Secret } from './app-secret.tsx';

const path = '/console/v1/apps';

/** The apps: credentials with which programs request access tokens. */
export default function Apps() {
  const t = useTexts();
  const text = useSearchText();
  const list = useList<ConsoleApp, AppsAnswer>(withSearch(path, text), (page) => page.apps);
  const [isNew, setNew] = useState(false);
  const shown = useOpenedItem(apps, list.items);
  const [secret, setSecret] = useState<AppSecretAnswer>();
  const reveal = (answer: AppSecretAnswer) => {
    setSecret(answer);
    list.reload();
  };
  return (
    <>
      <Head title={t.pages.apps} hint={t.apps.hint}>
        <Allowed right="apps.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
            {t.apps.add}
          </Button>
        </Allowed>
      </Head>
      <Search label={t.apps.search} />
      {shown.error && <Failure error={shown.error} />}
      <List
        name={t.pages.apps}
        list={list}
        columns={useColumns(list.items, shown.open)}
        keyOf={({ appKey }) => appKey}
        empty={<Nothing text={text ? t.choices.nothing : t.apps.nothing} />}
      />
      {isNew && <NewApp onClose={() => setNew(false)} onCreated={reveal} />}
      {shown.item && (
        <AppDetail key={shown.code} app={shown.item} onClose={shown.close} onChanged={list.reload} onSecret={reveal} />
      )}
      {secret && <Secret app={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

const corpsOf = ({ corpId, authorizedBy }: ConsoleApp) => [...(corpId === null ? [] : [corpId]), ...authorizedBy];

function useColumns(shown: readonly ConsoleApp[], open: (appKey: string) => void): readonly Column<ConsoleApp>[] {
  const t = useTexts();
  const namesOf = useCorpNames(shown.map(corpsOf));
  return [
    {
      key: 'appKey',
      title: 'appKey',
      cell: (app) => (
        <span className="main-cell">
          <UserLine>{app.appKey}</UserLine>
          <small className="one-line">{namesOf(corpsOf(app))}</small>
        </span>
      ),
    },
    {
      key: 'kind',
      title: t.apps.kind,
      width: 150,
      cell: ({ kind }) => <Tag>{t.apps.kinds[kind]}</Tag>,
    },
    {
      key: 'permissions',
      title: t.apps.permissions,
      from: 'lg',
      cell: ({ permissions }) => (
        <span className="one-line soft">{permissions.map(isolate).join(', ') || t.apps.noPermission}</span>
      ),
    },
    {
      key: 'actions',
      title: t.actions,
      width: 120,
      cell: (app) => (
        <Button onClick={() => open(app.appKey)} aria-label={`${t.apps.details} ${app.appKey}`}>
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
  const { change, refusal } = useFormChange();
  const can = useCan();
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
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="appKey" label="appKey" rules={[{ required: true, message: t.required }]}>
        <Input maxLength={128} autoComplete="off" />
      </Form.Item>
      <Form.Item name="kind" label={t.apps.kind}>
        <Radio.Group
          options={(['internal', 'thirdParty'] as const).map((value) => ({
            ...{ value, label: t.apps.kinds[value] },
            // A third-party app belongs to all organizations.
            disabled: value === 'thirdParty' && !can('apps.change', null),
          }))}
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
