import type { Department } from '../../data/sources.ts';
import { Link, useParameters } from '../../route.tsx';
import { Branch, Row } from './branch.tsx';
import { departmentPage } from './paths.ts';

type Props = { readonly corpId: string; readonly parentId: number; readonly name: string };

/** The departments below one. Each opens its own branch, which is loaded when it is opened. */
export function Below(props: Props) {
  return (
    <Branch {...props}>
      {(department) => <Node key={department.deptId} corpId={props.corpId} department={department} />}
    </Branch>
  );
}

function Node({ corpId, department }: { readonly corpId: string; readonly department: Department }) {
  const { deptId, name, hasChildren } = department;
  const { isOpen, toggle } = useExpanded(deptId);
  return (
    <li>
      <Row department={department} isOpen={isOpen} onToggle={toggle}>
        <Link to={departmentPage(deptId)} className="one-line" dir="auto">
          {name}
        </Link>
      </Row>
      {isOpen && hasChildren && <Below corpId={corpId} parentId={deptId} name={name} />}
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
