import { Form, Segmented } from 'antd';
import { useMemo } from 'react';
import { departmentsOf, groupsOf, usersOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { ManyChoice } from '../../parts/choices/many-choice.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { DepartmentTree } from './department-tree.tsx';

type Props = { readonly corpId: string; readonly audience: 'users' | 'group' };

/** The fields for the recipients of a message: users and departments, or a group. */
export function RecipientsField({ corpId, audience }: Props) {
  const t = useTexts();
  const groups = useMemo(() => groupsOf(corpId), [corpId]);
  const options = Object.entries(t.compose.audiences).map(([value, label]) => ({ value, label }));
  return (
    <>
      <Form.Item name="audience" label={t.compose.to}>
        <Segmented options={options} aria-label={t.compose.to} />
      </Form.Item>
      {audience === 'users' ? (
        <UsersAndDepartments corpId={corpId} />
      ) : (
        <Form.Item
          name="openConversationId"
          label={t.compose.group}
          extra={t.compose.groupHint}
          rules={[{ required: true, message: t.required }]}
        >
          <Choice source={groups} />
        </Form.Item>
      )}
    </>
  );
}

function UsersAndDepartments({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const users = useMemo(() => usersOf(corpId), [corpId]);
  return (
    <>
      <Form.Item
        name="userIds"
        label={t.compose.users}
        dependencies={['deptIds']}
        rules={[
          ({ getFieldValue }) => ({
            validator: async (_, userIds: readonly string[] = []) => {
              const deptIds = (getFieldValue('deptIds') ?? []) as readonly string[];
              if (userIds.length + deptIds.length === 0) throw new Error(t.compose.nobody);
            },
          }),
        ]}
      >
        <ManyChoice source={users} label={t.compose.addUser} />
      </Form.Item>
      <Form.Item name="deptIds" label={t.compose.departments} extra={t.compose.departmentsHint}>
        <Departments corpId={corpId} />
      </Form.Item>
    </>
  );
}

type DepartmentsProps = {
  readonly corpId: string;
  readonly id?: string;
  readonly value?: readonly string[];
  readonly onChange?: (deptIds: readonly string[]) => void;
};

/** Selects departments by a search or in a tree. A control of a form. */
function Departments({ corpId, id, value = [], onChange }: DepartmentsProps) {
  const t = useTexts();
  const source = useMemo(() => departmentsOf(corpId), [corpId]);
  const toggle = (code: string) =>
    onChange?.(value.includes(code) ? value.filter((one) => one !== code) : [...value, code]);
  return (
    <>
      <ManyChoice
        source={source}
        label={t.compose.addDepartment}
        value={value}
        {...(id && { id })}
        {...(onChange && { onChange })}
      />
      <details className="tree-details">
        <summary>{t.compose.tree}</summary>
        <DepartmentTree corpId={corpId} value={value} onToggle={toggle} />
      </details>
    </>
  );
}
