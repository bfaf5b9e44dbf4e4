import { CloseOutlined, CrownOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Tag } from 'antd';
import { useMemo, useState } from 'react';
import type { ConsolePerson, DepartmentDetail, DepartmentMembersAnswer } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { useList } from '../../data/list.ts';
import { itemPath, usersOf } from '../../data/sources.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Choice } from '../../parts/choices/choice.tsx';
import { Nothing } from '../../parts/common.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { type Column, List } from '../../parts/lists/list.tsx';
import { type RowAction, RowActions } from '../../parts/lists/row-actions.tsx';
import { TwoLines, userPath } from '../../parts/lists/two-lines.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { chosenDepartments } from '../people/memberships.ts';
import { departmentCall, rootId } from './paths.ts';

type Props = {
  readonly corpId: string;
  readonly department: DepartmentDetail;
  /** The members have changed, and so has the department. */
  readonly onChanged: () => void;
  /** The managers have changed. */
  readonly onManagers: (department: DepartmentDetail) => void;
};

/** The users of a department itself, with its managers. */
export function DepartmentMembers({ corpId, department, onChanged, onManagers }: Props) {
  const t = useTexts();
  const change = useChange();
  const { deptId, managers } = department;
  const [isAdding, setAdding] = useState(false);
  const list = useList<ConsolePerson, DepartmentMembersAnswer>(
    departmentCall(corpId, deptId, '/users'),
    (page) => page.users,
  );
  const reload = () => {
    list.reload();
    onChanged();
  };
  const setManager = async ({ userId }: ConsolePerson, isManager: boolean) => {
    const next = isManager ? [...managers, userId] : managers.filter((one) => one !== userId);
    const path = departmentCall(corpId, deptId);
    const answer = await change<DepartmentDetail>('PUT', path, { managers: next }, t.saved);
    if (answer) onManagers(answer);
  };
  const remove = async (user: ConsolePerson) => {
    const departments = user.departments.filter((one) => one.deptId !== deptId);
    if (await change('PUT', itemPath(usersOf(corpId), user.userId), { departments }, t.saved)) reload();
  };
  return (
    <>
      <div className="box-head">
        <h2>{t.departments.members}</h2>
        {deptId !== rootId && (
          <Allowed right="users.change">
            <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
              {t.departments.addMember}
            </Button>
          </Allowed>
        )}
      </div>
      <List
        name={t.departments.members}
        list={list}
        columns={useColumns(department, setManager, remove)}
        keyOf={({ userId }) => userId}
        empty={<Nothing text={t.departments.noMembers} />}
      />
      {isAdding && <AddMember corpId={corpId} deptId={deptId} onClose={() => setAdding(false)} onAdded={reload} />}
    </>
  );
}

function useColumns(
  { deptId, managers }: DepartmentDetail,
  setManager: (user: ConsolePerson, isManager: boolean) => void,
  remove: (user: ConsolePerson) => void,
): readonly Column<ConsolePerson>[] {
  const t = useTexts();
  const actions = (user: ConsolePerson): readonly RowAction[] => {
    const isManager = managers.includes(user.userId);
    const label = isManager ? t.departments.endManager : t.departments.makeManager;
    return [
      { icon: <CrownOutlined />, label, right: 'departments.change', run: () => setManager(user, !isManager) },
      ...(deptId === rootId
        ? []
        : [
            {
              icon: <CloseOutlined />,
              label: t.departments.removeMember,
              right: 'users.change' as const,
              run: () => remove(user),
            },
          ]),
    ];
  };
  return [
    {
      key: 'name',
      title: t.users.name,
      cell: ({ name, userId }) => <TwoLines first={name} second={userId} to={userPath(userId)} />,
    },
    {
      key: 'title',
      title: t.person.title,
      from: 'md',
      cell: ({ title }) => <bdi className="one-line soft">{title ?? '–'}</bdi>,
    },
    {
      key: 'role',
      title: t.departments.role,
      width: 120,
      cell: ({ userId }) => managers.includes(userId) && <Tag color="processing">{t.departments.manager}</Tag>,
    },
    {
      key: 'actions',
      title: t.actions,
      width: 112,
      cell: (user) => <RowActions of={user.name} actions={actions(user)} />,
    },
  ];
}

type AddProps = {
  readonly corpId: string;
  readonly deptId: number;
  readonly onClose: () => void;
  readonly onAdded: () => void;
};

function AddMember({ corpId, deptId, onClose, onAdded }: AddProps) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const source = useMemo(() => usersOf(corpId), [corpId]);
  const [user, setUser] = useState<ConsolePerson>();
  const submit = async () => {
    if (!user) return false;
    const others = chosenDepartments(user.departments).filter((one) => one.deptId !== deptId);
    const departments = [...others, { deptId }];
    const isDone = await change('PUT', itemPath(source, user.userId), { departments }, t.saved);
    if (isDone) onAdded();
    return isDone !== undefined;
  };
  return (
    <FormDialog<{ userId: string }>
      title={t.departments.addMember}
      okText={t.save}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="userId" label={t.departments.user} rules={[{ required: true, message: t.required }]}>
        <Choice source={source} onChange={(_, chosen) => setUser(chosen)} />
      </Form.Item>
    </FormDialog>
  );
}
