import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import type { DepartmentsAnswer } from '../../../../src/client/answers.ts';
import { usePaged } from '../../data/load.ts';
import type { Department } from '../../data/sources.ts';
import { More } from '../../parts/lists/more.tsx';
import { useTexts } from '../../preferences.ts';
import { Link, useParameters } from '../../route.tsx';
import { departmentPage } from './paths.ts';

type Props = { readonly corpId: string; readonly parentId: number; readonly name: string };

/** The departments below one. Each opens its own branch, which is loaded when it is opened. */
export function Branch({ corpId, parentId, name }: Props) {
  const t = useTexts();
  const query = new URLSearchParams({ corpId, parentId: String(parentId), limit: '100' });
  const list = usePaged<Department, DepartmentsAnswer>(`/console/v1/departments?${query}`, (page) => page.departments);
  return (
    <>
      {list.loading && list.items.length === 0 && <Skeleton active title={false} paragraph={{ rows: 1 }} />}
      {list.items.length > 0 && (
        <ul className="tree" aria-label={t.departments.below(name)}>
          {list.items.map((department) => (
            <Node key={department.deptId} corpId={corpId} department={department} />
          ))}
        </ul>
      )}
      <More list={list} />
    </>
  );
}

function Node({ corpId, department }: { readonly corpId: string; readonly department: Department }) {
  const t = useTexts();
  const { deptId, name, hasChildren } = department;
  const { isOpen, toggle } = useExpanded(deptId);
  return (
    <li>
      <span className="tree-row">
        {hasChildren ? (
          <Button
            type="text"
            size="small"
            icon={isOpen ? <DownOutlined /> : <RightOutlined />}
            aria-expanded={isOpen}
            aria-label={t.departments.below(name)}
            onClick={toggle}
          />
        ) : (
          <span className="tree-leaf" />
        )}
        <Link to={departmentPage(deptId)} className="one-line" dir="auto">
          {name}
        </Link>
      </span>
      {isOpen && hasChildren && <Branch corpId={corpId} parentId={deptId} name={name} />}
    </li>
  );
}

/** Maximum number of branches that the URL keeps open. */
const maxExpanded = 100;

/** Whether the branch of a department is open, which the URL stores (`expanded=10,11`), and a function that changes it. */
function useExpanded(deptId: number) {
  const [parameters, change] = useParameters();
  const ids = (parameters.get('expanded') ?? '').split(',').filter((id) => id !== '');
  const id = String(deptId);
  const isOpen = ids.includes(id);
  const toggle = () => {
    const next = isOpen ? ids.filter((one) => one !== id) : [...ids, id].slice(-maxExpanded);
    change({ expanded: next.join(',') || undefined }, { isSilent: true });
  };
  return { isOpen, toggle };
}
