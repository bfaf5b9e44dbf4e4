import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { DepartmentDetail } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { useChange } from '../../data/changes.ts';
import { type Loaded, useLoaded } from '../../data/load.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Back } from '../../parts/back.tsx';
import { Code, Head } from '../../parts/common.tsx';
import { useConfirm } from '../../parts/confirm.ts';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { Link, navigate, type PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { DepartmentEdit } from './edit.tsx';
import { DepartmentMembers } from './members.tsx';
import { departmentCall, departmentPage, rootId } from './paths.ts';
import { Below } from './tree.tsx';

/** One department with its managers, its members, and the departments below it. */
export default function Department({ id }: PageProps) {
  const t = useTexts();
  return (
    <>
      <Back to="/departments">{t.pages.departments}</Back>
      <CorpNeeded title={t.pages.departments}>{(corpId) => <DepartmentOf corpId={corpId} id={id} />}</CorpNeeded>
    </>
  );
}

function DepartmentOf({ corpId, id }: { readonly corpId: string; readonly id: string }) {
  const loaded = useLoaded<DepartmentDetail>(
    `/console/v1/departments/${encodeURIComponent(id)}?${new URLSearchParams({ corpId })}`,
  );
  return (
    <Loadable of={loaded}>{(department) => <Shown corpId={corpId} department={department} of={loaded} />}</Loadable>
  );
}

type ShownProps = {
  readonly corpId: string;
  readonly department: DepartmentDetail;
  readonly of: Loaded<DepartmentDetail>;
};

function Shown({ corpId, department, of }: ShownProps) {
  const t = useTexts();
  const format = useFormat();
  const { deptId, name, path, order, hasChildren, managers, memberCount, totalCount } = department;
  const [version, setVersion] = useState(0);
  const onCreated = () => {
    setVersion(version + 1);
    of.reload();
  };
  return (
    <>
      <Head title={<bdi>{name}</bdi>} name={name}>
        <Actions corpId={corpId} department={department} onChanged={of.replace} onCreated={onCreated} />
      </Head>
      {path.length > 1 && <Path of={path.slice(0, -1)} />}
      <Facts
        facts={[
          [t.departments.own, format.number(memberCount)],
          [t.departments.total, format.number(totalCount)],
          [t.departments.managers, managers.map(isolate).join(', ') || '–'],
          ...(deptId === rootId ? [] : [[t.departments.order, format.number(order)] as const]),
          [
            t.departments.deptId,
            <Code key="id" name={t.departments.deptId}>
              {String(deptId)}
            </Code>,
          ],
        ]}
      />
      {hasChildren && (
        <section className="box tree-box">
          <h2>{t.departments.belowHeading}</h2>
          <Below key={version} corpId={corpId} parentId={deptId} name={name} />
        </section>
      )}
      <DepartmentMembers corpId={corpId} department={department} onChanged={of.reload} onManagers={of.replace} />
    </>
  );
}

/** The departments above one, from the root. */
function Path({ of }: { readonly of: DepartmentDetail['path'] }) {
  const t = useTexts();
  return (
    <nav className="tree-path spaced" aria-label={t.departments.path}>
      {of.map(({ deptId, name }) => (
        <span key={deptId}>
          <Link to={departmentPage(deptId)}>
            <bdi>{name}</bdi>
          </Link>
          <span aria-hidden="true"> / </span>
        </span>
      ))}
    </nav>
  );
}

type ActionsProps = {
  readonly corpId: string;
  readonly department: DepartmentDetail;
  readonly onChanged: (department: DepartmentDetail) => void;
  readonly onCreated: () => void;
};

function Actions({ corpId, department, onChanged, onCreated }: ActionsProps) {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const [open, setOpen] = useState<'edit' | 'add'>();
  const { deptId, name, parentId } = department;
  const remove = async () => {
    if (await change('DELETE', departmentCall(corpId, deptId), {}, t.saved))
      navigate(departmentPage(parentId ?? rootId));
  };
  const ask = () =>
    confirm({
      title: t.departments.deleteTitle(name),
      text: t.departments.deleteText,
      action: t.remove,
      run: remove,
    });
  return (
    <>
      <Allowed right="departments.change">
        {deptId !== rootId && (
          <>
            <Button danger icon={<DeleteOutlined />} onClick={ask}>
              {t.remove}
            </Button>
            <Button icon={<EditOutlined />} onClick={() => setOpen('edit')}>
              {t.edit}
            </Button>
          </>
        )}
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen('add')}>
          {t.departments.addBelow}
        </Button>
      </Allowed>
      {open && (
        <DepartmentEdit
          corpId={corpId}
          {...(open === 'edit' ? { department } : { parentId: deptId })}
          onClose={() => setOpen(undefined)}
          onChanged={open === 'edit' ? onChanged : onCreated}
        />
      )}
    </>
  );
}
