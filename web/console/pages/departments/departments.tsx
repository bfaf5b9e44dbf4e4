import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { DepartmentDetail, DepartmentsAnswer } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { useLoaded } from '../../data/load.ts';
import type { Department } from '../../data/sources.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Head, Nothing } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { Search, useSearchText, withSearch } from '../../parts/lists/search.tsx';
import { TwoLines } from '../../parts/lists/two-lines.tsx';
import { Link } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { DepartmentEdit } from './edit.tsx';
import { departmentCall, departmentPage, rootId } from './paths.ts';
import { Below } from './tree.tsx';

/** The departments of an organization, as a tree, or those whose name contains a text. */
export default function Departments() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.departments}>{(corpId) => <DepartmentsOf corpId={corpId} />}</CorpNeeded>;
}

function DepartmentsOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const text = useSearchText();
  const root = useLoaded<DepartmentDetail>(departmentCall(corpId, rootId));
  const [isNew, setNew] = useState(false);
  const [version, setVersion] = useState(0);
  const onChanged = () => {
    setVersion(version + 1);
    root.reload();
  };
  return (
    <>
      <Head title={t.pages.departments} hint={t.departments.hint}>
        <Allowed right="departments.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
            {t.departments.add}
          </Button>
        </Allowed>
      </Head>
      <Search label={t.departments.search} />
      {text ? (
        <Found key={version} corpId={corpId} text={text} />
      ) : (
        <Loadable of={root}>{(found) => <Tree key={version} corpId={corpId} root={found} />}</Loadable>
      )}
      {isNew && <DepartmentEdit corpId={corpId} onClose={() => setNew(false)} onChanged={onChanged} />}
    </>
  );
}

function Tree({ corpId, root }: { readonly corpId: string; readonly root: DepartmentDetail }) {
  const t = useTexts();
  const format = useFormat();
  return (
    <section className="box tree-box" aria-label={t.pages.departments}>
      <p className="tree-root">
        <Link to={departmentPage(rootId)} className="one-line" dir="auto">
          {root.name}
        </Link>
        <span className="soft">{t.users.hint(root.totalCount, format.number(root.totalCount))}</span>
      </p>
      {root.hasChildren ? (
        <Below corpId={corpId} parentId={rootId} name={root.name} />
      ) : (
        <Nothing text={t.departments.nothing} />
      )}
    </section>
  );
}

function Found({ corpId, text }: { readonly corpId: string; readonly text: string }) {
  const t = useTexts();
  const path = withSearch('/console/v1/departments', text, { corpId });
  const list = useList<Department, DepartmentsAnswer>(path, (page) => page.departments);
  const columns: readonly Column<Department>[] = [
    {
      key: 'name',
      title: t.name,
      cell: ({ name, deptId }) => <TwoLines first={name} second={String(deptId)} to={departmentPage(deptId)} />,
    },
  ];
  return (
    <List
      name={t.pages.departments}
      list={list}
      columns={columns}
      keyOf={({ deptId }) => String(deptId)}
      empty={<Nothing text={t.choices.nothing} />}
    />
  );
}
