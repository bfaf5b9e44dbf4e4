import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import type { DepartmentsAnswer } from '../../../../src/client/answers.ts';
import { usePaged } from '../../data/load.ts';
import type { Department } from '../../data/sources.ts';
import { More } from '../../parts/lists/more.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type BranchProps = {
  readonly corpId: string;
  readonly parentId: number;
  readonly name: string;
  readonly children: (department: Department) => ReactNode;
};

/** The departments below one, loaded when it is rendered. */
export function Branch({ corpId, parentId, name, children }: BranchProps) {
  const t = useTexts();
  const query = new URLSearchParams({ corpId, parentId: String(parentId), limit: '100' });
  const list = usePaged<Department, DepartmentsAnswer>(`/console/v1/departments?${query}`, (page) => page.departments);
  return (
    <>
      {list.loading && list.items.length === 0 && <Skeleton active title={false} paragraph={{ rows: 1 }} />}
      {list.items.length > 0 && (
        <ul className="tree" aria-label={t.departments.below(name)}>
          {list.items.map(children)}
        </ul>
      )}
      <More list={list} />
    </>
  );
}

type RowProps = {
  readonly department: Pick<Department, 'name' | 'hasChildren'>;
  readonly isOpen: boolean;
  onToggle(): void;
  readonly children: ReactNode;
};

/** A department in a tree, with a button that opens its branch if it has one. */
export function Row({ department: { name, hasChildren }, isOpen, onToggle, children }: RowProps) {
  const t = useTexts();
  return (
    <span className="tree-row">
      {hasChildren ? (
        <Button
          type="text"
          size="small"
          icon={isOpen ? <DownOutlined /> : <RightOutlined />}
          aria-expanded={isOpen}
          aria-label={t.departments.below(name)}
          onClick={onToggle}
        />
      ) : (
        <span className="tree-leaf" />
      )}
      {children}
    </span>
  );
}
