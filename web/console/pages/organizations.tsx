import { EditOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { ConsoleOrganization, OrganizationsAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useList } from '../data/list.ts';
import { Allowed, useCan } from '../parts/allowed.tsx';
import { Code, Head, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { type Column, List } from '../parts/lists/list.tsx';
import { Search, useSearchText, withSearch } from '../parts/lists/search.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';

const path = '/console/v1/organizations';

/** The organizations. */
export default function Organizations() {
  const t = useTexts();
  const corps = useCorps();
  const can = useCan();
  const text = useSearchText();
  const list = useList<ConsoleOrganization, OrganizationsAnswer>(withSearch(path, text), (page) => page.organizations);
  const [edited, setEdited] = useState<ConsoleOrganization | 'new'>();
  const onChanged = () => {
    list.reload();
    corps.reload();
  };
  const columns: readonly Column<ConsoleOrganization>[] = [
    { key: 'name', title: t.name, cell: ({ name }) => <bdi className="code">{name}</bdi> },
    { key: 'corpId', title: 'corpId', cell: ({ corpId }) => <Code name="corpId">{corpId}</Code> },
    {
      key: 'actions',
      title: t.actions,
      width: 96,
      cell: (organization) =>
        can('organizations.change', organization.corpId) && (
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
        <Allowed right="organizations.create">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
            {t.organizations.add}
          </Button>
        </Allowed>
      </Head>
      <Search label={t.organizations.search} />
      <List
        name={t.pages.organizations}
        list={list}
        columns={columns}
        keyOf={({ corpId }) => corpId}
        empty={<Nothing text={text ? t.choices.nothing : t.organizations.nothing} />}
      />
      {edited && (
        <Edit
          organization={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onChanged={onChanged}
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
  const { change, refusal } = useFormChange();
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
      refusal={refusal}
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
