import { EditOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import type { ConsoleOrganization, OrganizationsAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { usePaged } from '../data/load.ts';
import { Code, emptyOf, Head, More, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Search, searched, useSearched } from '../parts/search.tsx';
import { useTexts } from '../preferences.ts';

const path = '/console/v1/organizations';

/** Companies with their users. */
export default function Organizations() {
  const t = useTexts();
  const corps = useCorps();
  const text = useSearched();
  const list = usePaged<ConsoleOrganization, OrganizationsAnswer>(searched(path, text), (page) => page.organizations);
  const [edited, setEdited] = useState<ConsoleOrganization | 'new'>();
  const changed = () => {
    list.reload();
    corps.reload();
  };
  const columns: TableColumnsType<ConsoleOrganization> = [
    { title: t.name, dataIndex: 'name', render: (name: string) => <bdi>{name}</bdi> },
    { title: 'corpId', dataIndex: 'corpId', render: (corpId: string) => <Code name="corpId">{corpId}</Code> },
    {
      title: t.actions,
      key: 'actions',
      width: 96,
      render: (_, organization) => (
        <Button
          type="text"
          icon={<EditOutlined />}
          aria-label={`${t.edit} ${isolate(organization.name)}`}
          onClick={() => setEdited(organization)}
        />
      ),
    },
  ];
  return (
    <>
      <Head title={t.pages.organizations} hint={t.organizations.hint}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
          {t.organizations.add}
        </Button>
      </Head>
      <Search label={t.organizations.search} />
      <section className="box flush" aria-label={t.pages.organizations}>
        <Table<ConsoleOrganization>
          size="middle"
          rowKey="corpId"
          columns={columns}
          dataSource={[...list.items]}
          loading={list.loading}
          pagination={false}
          locale={emptyOf(list, <Nothing text={text ? t.choices.nothing : t.organizations.nothing} />)}
        />
        <More list={list} />
      </section>
      {edited && (
        <Edit
          organization={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onChanged={changed}
        />
      )}
    </>
  );
}

type EditProps = {
  readonly organization: ConsoleOrganization | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
};

function Edit({ organization, onClose, onChanged }: EditProps) {
  const t = useTexts();
  const change = useChange();
  const submit = async (given: ConsoleOrganization) => {
    const answer = organization
      ? await change('PUT', `${path}/${encodeURIComponent(organization.corpId)}`, { name: given.name }, t.saved)
      : await change('POST', path, given, t.saved);
    if (answer) onChanged();
    return answer !== undefined;
  };
  return (
    <FormDialog<ConsoleOrganization>
      title={organization ? t.organizations.edit : t.organizations.add}
      okText={organization ? t.save : t.create}
      initial={organization ?? {}}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="corpId" label="corpId" rules={[{ required: true, message: t.required }]}>
        <Input dir="auto" disabled={organization !== undefined} maxLength={128} autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
    </FormDialog>
  );
}
