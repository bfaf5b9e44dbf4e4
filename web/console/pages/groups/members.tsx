import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Segmented, Tag } from 'antd';
import { useMemo, useState } from 'react';
import type { ConsoleGroup, GroupMembersAnswer, MembershipsAnswer } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { useList } from '../../data/list.ts';
import { useReloadOn } from '../../data/reload-on.ts';
import { usersOf } from '../../data/sources.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { ManyChoice } from '../../parts/choices/many-choice.tsx';
import { Nothing } from '../../parts/common.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { RowActions } from '../../parts/lists/row-actions.tsx';
import { TwoLines, userPath } from '../../parts/lists/two-lines.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { Time } from '../../parts/time.tsx';
import { useParameters } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { groupCall } from './state.tsx';

type Props = {
  readonly corpId: string;
  readonly group: ConsoleGroup;
  readonly onChanged: (group: ConsoleGroup) => void;
};

type Member = GroupMembersAnswer['members'][number];
type Membership = MembershipsAnswer['memberships'][number];

const shows = ['current', 'all'] as const;

/** The members of a group: the current ones, or all memberships with the changes that they began and ended with. */
export function GroupMembers({ corpId, group, onChanged }: Props) {
  const t = useTexts();
  const [parameters, change] = useParameters();
  const shown = parameters.get('show') === 'all' ? 'all' : 'current';
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <div className="box-head">
        <h2>{t.chats.members}</h2>
        <span className="inline">
          <Segmented
            name="show"
            aria-label={t.chats.show}
            value={shown}
            options={shows.map((value) => ({ value, label: t.chats.shows[value] }))}
            onChange={(value) => change({ show: value })}
          />
          {group.disbandedAt === null && (
            <Allowed right="groups.change">
              <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
                {t.chats.addMembers}
              </Button>
            </Allowed>
          )}
        </span>
      </div>
      {shown === 'all' ? (
        <Memberships corpId={corpId} group={group} />
      ) : (
        <Current corpId={corpId} group={group} onChanged={onChanged} />
      )}
      {isAdding && <AddMembers corpId={corpId} group={group} onChanged={onChanged} onClose={() => setAdding(false)} />}
    </>
  );
}

function Current({ corpId, group, onChanged }: Props) {
  const t = useTexts();
  const change = useChange();
  const list = useList<Member, GroupMembersAnswer>(
    groupCall(corpId, group.openConversationId, '/members'),
    (page) => page.members,
  );
  useReloadOn(list, group);
  const remove = async ({ userId }: Member) => {
    const path = groupCall(corpId, group.openConversationId, '/members');
    const answer = await change<ConsoleGroup>('POST', path, { remove: [userId] }, t.saved);
    if (answer) onChanged(answer);
  };
  const mayRemove = ({ userId }: Member) => group.disbandedAt === null && userId !== group.owner;
  const columns: readonly Column<Member>[] = [
    useNameColumn(),
    { key: 'role', title: t.chats.role, width: 160, cell: (member) => <Role member={member} group={group} /> },
    {
      key: 'actions',
      title: t.actions,
      width: 96,
      cell: (member) =>
        mayRemove(member) && (
          <RowActions
            of={member.name}
            actions={[
              {
                icon: <CloseOutlined />,
                label: t.chats.removeMember,
                right: 'groups.change',
                run: () => remove(member),
              },
            ]}
          />
        ),
    },
  ];
  return (
    <List
      name={t.chats.members}
      list={list}
      columns={columns}
      keyOf={({ userId }) => userId}
      empty={<Nothing text={t.chats.noMembers} />}
    />
  );
}

function Memberships({ corpId, group }: Omit<Props, 'onChanged'>) {
  const t = useTexts();
  const format = useFormat();
  const list = useList<Membership, MembershipsAnswer>(
    groupCall(corpId, group.openConversationId, '/memberships'),
    (page) => page.memberships,
  );
  useReloadOn(list, group);
  const columns: readonly Column<Membership>[] = [
    useNameColumn(),
    { key: 'role', title: t.chats.role, width: 160, cell: (member) => <Role member={member} group={group} /> },
    {
      key: 'membership',
      title: t.chats.membership,
      cell: ({ joined, left }) =>
        left === null
          ? t.chats.since(format.number(joined))
          : t.chats.during(format.number(joined), format.number(left)),
    },
    { key: 'leftAt', title: t.chats.leftAt, width: 190, cell: ({ leftAt }) => <Time at={leftAt} /> },
  ];
  return (
    <>
      <p className="soft spaced">{t.chats.membershipHint}</p>
      <List
        name={t.chats.members}
        list={list}
        columns={columns}
        keyOf={({ userId, joined, leftAt }) => `${userId} ${joined} ${leftAt}`}
        empty={<Nothing text={t.chats.noMembers} />}
      />
    </>
  );
}

function useNameColumn<T extends Member>(): Column<T> {
  const t = useTexts();
  const cell = ({ name, userId }: T) => <TwoLines first={name} second={userId} to={userPath(userId)} />;
  return { key: 'name', title: t.users.name, cell };
}

function Role({ member, group }: { readonly member: Member | Membership; readonly group: ConsoleGroup }) {
  const t = useTexts();
  const role = roleOf(member, group);
  return <Tag color={role === 'owner' || role === 'admin' ? 'processing' : 'default'}>{t.chats.roles[role]}</Tag>;
}

function roleOf(member: Member | Membership, { owner }: ConsoleGroup) {
  if ('current' in member && !member.current) return 'former';
  if (member.userId === owner) return 'owner';
  return member.isAdmin ? 'admin' : 'member';
}

function AddMembers({ corpId, group, onChanged, onClose }: Props & { readonly onClose: () => void }) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const source = useMemo(() => usersOf(corpId), [corpId]);
  const submit = async ({ add }: { readonly add: readonly string[] }) => {
    const path = groupCall(corpId, group.openConversationId, '/members');
    const answer = await change<ConsoleGroup>('POST', path, { add }, t.saved);
    if (answer) onChanged(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<{ readonly add: readonly string[] }>
      title={t.chats.addMembers}
      okText={t.save}
      initial={{ add: [] }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="add" label={t.chats.members} rules={[{ required: true, type: 'array', message: t.required }]}>
        <ManyChoice source={source} label={t.chats.addMember} />
      </Form.Item>
    </FormDialog>
  );
}
