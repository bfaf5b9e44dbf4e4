import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Checkbox, Skeleton } from 'antd';
import { useState } from 'react';
import type { DepartmentDetail, DepartmentsAnswer } from '../../../../src/client/answers.ts';
import { useLoaded, usePaged } from '../../data/load.ts';
import type { Department } from '../../data/sources.ts';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { More } from '../../parts/lists/more.tsx';
import { useTexts } from '../../preferences.ts';
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
  const t = useTexts();
  const { deptId, name, hasChildren } = department;
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const code = String(deptId);
  const isSelected = value.includes(code);
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
            onClick={() => setOpen(!isOpen)}
          />
        ) : (
          <span className="tree-leaf" />
        )}
        <Checkbox checked={isSelected || isCovered} disabled={isCovered} onChange={() => onToggle(code)}>
          <bdi>{name}</bdi>
        </Checkbox>
      </span>
      {isOpen && hasChildren && (
        <Branch
          corpId={corpId}
          parent={department}
          isCovered={isSelected || isCovered}
          value={value}
          onToggle={onToggle}
        />
      )}
    </li>
  );
}

type BranchProps = Props & Pick<NodeProps, 'isCovered'> & { readonly parent: NodeProps['department'] };

function Branch({ corpId, parent, ...rest }: BranchProps) {
  const t = useTexts();
  const query = new URLSearchParams({ corpId, parentId: String(parent.deptId), limit: '100' });
  const list = usePaged<Department, DepartmentsAnswer>(`/console/v1/departments?${query}`, (page) => page.departments);
  return (
    <>
      {list.loading && list.items.length === 0 && <Skeleton active title={false} paragraph={{ rows: 1 }} />}
      {list.items.length > 0 && (
        <ul className="tree" aria-label={t.departments.below(parent.name)}>
          {list.items.map((department) => (
            <Node key={department.deptId} corpId={corpId} department={department} {...rest} />
          ))}
        </ul>
      )}
      <More list={list} />
    </>
  );
}
