import {
  DeleteOutlined,
  EditOutlined,
  ImportOutlined,
  LinkOutlined,
  PlusOutlined,
  UndoOutlined,
} from '@ant-design/icons';
import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import type { ConsoleUser, ListedUser, SignInCodeAnswer, UsersAnswer } from '../../../src/client/answers.ts';
import { UserLine } from '../../shared/bidi.tsx';
import { isolate } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { useList } from '../data/list.ts';
import type { Paged } from '../data/load.ts';
import { Code, Head, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { useRestoreFocus } from '../parts/focus.ts';
import { FormDialog } from '../parts/form-dialog.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/list.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { Search, useSearchText, withSearch } from '../parts/search.tsx';
import { useTexts } from '../preferences.ts';
import { useParameters } from '../route.tsx';
import { FormerUsers } from './former-users.tsx';
import { UserImport } from './user-import.tsx';

/** The users of an organization. */
export default function Users() {
  const { corpId, loading, error } = useCorps();
  const [parameters] = useParameters();
  if (corpId && parameters.get('show') === 'removed') return <FormerUsers key={corpId} corpId={corpId} />;
  if (corpId) return <UsersOf key={corpId} corpId={corpId} />;
  return <Missing isKnown={!loading && !error} />;
}

function Missing({ isKnown }: { readonly isKnown: boolean }) {
  const t = useTexts();
  return (
    <>
      <Head title={t.pages.users} />
      {isKnown && <Nothing text={t.organizations.nothing} />}
    </>
  );
}

type Open = { readonly is: 'add' | 'import' } | { readonly is: 'edit' | 'link'; readonly user: ConsoleUser };

function UsersOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const format = useFormat();
  const path = withSearch('/console/v1/users', useSearchText(), { corpId });
  const [, change] = useParameters();
  const list = useList<ListedUser, UsersAnswer>(path, (page) => page.users);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const count = (list.last as UsersAnswer | undefined)?.count;
  return (
    <>
      <Head title={t.pages.users} hint={count === undefined ? ' ' : t.users.hint(count, format.number(count))}>
        <Button icon={<UndoOutlined />} onClick={() => change({ show: 'removed', text: undefined })}>
          {t.users.former}
        </Button>
        <Button icon={<ImportOutlined />} onClick={() => setOpen({ is: 'import' })}>
          {t.users.import}
        </Button>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ is: 'add' })}>
          {t.users.add}
        </Button>
      </Head>
      <Search label={t.users.search} />
      <UserTable list={list} corpId={corpId} onOpen={setOpen} />
      {(open?.is === 'add' || open?.is === 'edit') && (
        <Edit
          corpId={corpId}
          user={open.is === 'edit' ? open.user : undefined}
          onClose={close}
          onChanged={list.reload}
        />
      )}
      {open?.is === 'import' && <UserImport corpId={corpId} onClose={close} onChanged={list.reload} />}
      {open?.is === 'link' && <SignInLink corpId={corpId} user={open.user} onClose={close} />}
    </>
  );
}

type TableProps = { readonly list: Paged<ListedUser>; readonly corpId: string; readonly onOpen: (open: Open) => void };

function UserTable({ list, corpId, onOpen }: TableProps) {
  const t = useTexts();
  const text = useSearchText();
  const { modal } = App.useApp();
  const change = useChange();
  const remove = ({ userId, name }: ConsoleUser) =>
    modal.confirm({
      title: t.users.removeTitle(name),
      content: t.users.removeText,
      okText: t.remove,
      okButtonProps: { danger: true },
      cancelText: t.cancel,
      onOk: async () => {
        if (
          await change(
            'DELETE',
            `/console/v1/users/${encodeURIComponent(userId)}?${new URLSearchParams({ corpId })}`,
            {},
            t.saved,
          )
        )
          list.reload();
      },
    });
  const columns = useColumns(onOpen, remove);
  return (
    <List
      name={t.pages.users}
      list={list}
      columns={columns}
      keyOf={({ userId }) => userId}
      empty={<Nothing text={text ? t.choices.nothing : t.users.nothing} />}
    />
  );
}

function useColumns(onOpen: TableProps['onOpen'], remove: (user: ConsoleUser) => void): readonly Column<ListedUser>[] {
  const t = useTexts();
  const actions = (user: ConsoleUser) => [
    { icon: <LinkOutlined />, label: t.users.link, run: () => onOpen({ is: 'link', user }) },
    { icon: <EditOutlined />, label: t.edit, run: () => onOpen({ is: 'edit', user }) },
    { icon: <DeleteOutlined />, label: t.remove, danger: true, run: () => remove(user) },
  ];
  return [
    {
      key: 'name',
      title: t.users.name,
      cell: ({ name, userId, blockedRobots }) => (
        <span className="main-cell">
          <UserLine>{name}</UserLine>
          <UserLine isSmall>{userId}</UserLine>
          {blockedRobots.length > 0 && <small>{t.users.blocks(blockedRobots.map(isolate).join(', '))}</small>}
        </span>
      ),
    },
    {
      key: 'actions',
      title: t.actions,
      width: 152,
      cell: (user) => (
        <span className="row-actions">
          {actions(user).map(({ icon, label, danger = false, run }) => (
            <Button
              key={label}
              type="text"
              danger={danger}
              icon={icon}
              title={label}
              aria-label={`${label}: ${isolate(user.name)}`}
              onClick={run}
            />
          ))}
        </span>
      ),
    },
  ];
}

type EditProps = {
  readonly corpId: string;
  readonly user: ConsoleUser | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
};

function Edit({ corpId, user, onClose, onChanged }: EditProps) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const submit = async ({ userId, name }: ConsoleUser) => {
    const answer = user
      ? await change(
          'PUT',
          `/console/v1/users/${encodeURIComponent(user.userId)}?${new URLSearchParams({ corpId })}`,
          { name },
          t.saved,
        )
      : await change('POST', '/console/v1/users', { corpId, userId, name }, t.saved);
    if (answer) onChanged();
    return answer !== undefined;
  };
  return (
    <FormDialog<ConsoleUser>
      title={user ? t.users.edit : t.users.add}
      okText={user ? t.save : t.create}
      initial={user ?? {}}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="userId" label="userId" rules={[{ required: true, message: t.required }]}>
        <Input dir="auto" disabled={user !== undefined} maxLength={128} autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t.users.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
    </FormDialog>
  );
}

/** A dialog that creates a link with which a user signs in to the inbox. */
function SignInLink({
  corpId,
  user,
  onClose,
}: {
  readonly corpId: string;
  readonly user: ConsoleUser;
  readonly onClose: () => void;
}) {
  const t = useTexts();
  const format = useFormat();
  const { change, refusal } = useFormChange();
  useRestoreFocus();
  const [link, setLink] = useState<SignInCodeAnswer>();
  const make = async () =>
    setLink(await change<SignInCodeAnswer>('POST', '/console/v1/signInCodes', { corpId, userId: user.userId }));
  return (
    <Modal
      open
      title={t.users.linkTitle}
      onCancel={onClose}
      cancelText={t.cancel}
      okText={link ? t.users.linkTitle : t.create}
      onOk={link ? onClose : make}
      footer={link ? null : undefined}
    >
      {refusal}
      {link ? (
        <>
          <p className="spaced">{t.users.linkText(user.name, format.time(link.expiresAt))}</p>
          <Code name={t.users.linkTitle}>{link.url}</Code>
        </>
      ) : (
        <p dir="auto">{user.name}</p>
      )}
    </Modal>
  );
}
