import { Checkbox } from 'antd';
import { useState } from 'react';
import type { DepartmentDetail } from '../../../../src/client/answers.ts';
import { useLoaded } from '../../data/load.ts';
import type { Department } from '../../data/sources.ts';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { Branch, Row } from '../departments/branch.tsx';
import { departmentCall, rootId } from '../departments/paths.ts';

/** The selected departments, by their deptIds, and a function that adds or removes one. */
type Selection = { readonly value: readonly string[]; readonly onToggle: (code: string) => void };

type Props = { readonly corpId: string } & Selection;

/** A tree of the departments of an organization with a check box for each. */
export function DepartmentTree({ corpId, ...selection }: Props) {
  const root = useLoaded<DepartmentDetail>(departmentCall(corpId, rootId));
  return (
    <div className="tree-choice">
      <Loadable of={root}>
        {(found) => (
          <ul className="tree">
            <Node corpId={corpId} department={found} isCovered={false} isOpenAtFirst {...selection} />
          </ul>
        )}
      </Loadable>
    </div>
  );
}

type NodeProps = Props & {
  readonly department: Pick<Department, 'deptId' | 'name' | 'hasChildren'>;
  /** Whether a department above is selected. */
  readonly isCovered: boolean;
  readonly isOpenAtFirst?: boolean;
};

function Node({ corpId, department, isCovered, isOpenAtFirst = false, value, onToggle }: NodeProps) {
  const { deptId, name, hasChildren } = department;
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const code = String(deptId);
  const isChecked = isCovered || value.includes(code);
  return (
    <li>
      <Row department={department} isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
        <Checkbox checked={isChecked} disabled={isCovered} onChange={() => onToggle(code)}>
          <bdi>{name}</bdi>
        </Checkbox>
      </Row>
      {isOpen && hasChildren && (
        <Branch corpId={corpId} parentId={deptId} name={name}>
          {(below) => (
            <Node
              key={below.deptId}
              corpId={corpId}
              department={below}
              isCovered={isChecked}
              value={value}
              onToggle={onToggle}
            />
          )}
        </Branch>
      )}
    </li>
  );
}
