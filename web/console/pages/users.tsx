import {
  DeleteOutlined,
  DownloadOutlined,
  EditOutlined,
  ImportOutlined,
  LinkOutlined,
  PlusOutlined,
  UndoOutlined,
} from '@ant-design/icons';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import type { ConsolePerson, ListedUser, SignInCodeAnswer, UsersAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { useList } from '../data/list.ts';
import type { Paged } from '../data/load.ts';
import { itemPath, usersOf } from '../data/sources.ts';
import { Allowed } from '../parts/allowed.tsx';
import { Code, Head, Nothing } from '../parts/common.tsx';
import { useConfirm } from '../parts/confirm.ts';
import { CorpNeeded } from '../parts/corp-needed.tsx';
import { useRestoreFocus } from '../parts/focus.ts';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { type RowAction, RowActions } from '../parts/lists/row-actions.tsx';
import { Search, useSearchText, withSearch } from '../parts/lists/search.tsx';
import { TwoLines, userPath } from '../parts/lists/two-lines.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { FormerUsers } from './former-users.tsx';
import { UserEdit } from './people/user-edit.tsx';
import { UserImport } from './user-import.tsx';

/** The users of an organization. */
export default function Users() {
  const t = useTexts();
  const [parameters] = useParameters();
  const isFormer = parameters.get('show') === 'removed';
  return (
    <CorpNeeded title={t.pages.users}>
      {(corpId) => (isFormer ? <FormerUsers corpId={corpId} /> : <UsersOf corpId={corpId} />)}
    </CorpNeeded>
  );
}

type Open = { readonly is: 'add' | 'import' } | { readonly is: 'edit' | 'link'; readonly user: ConsolePerson };

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
        <Button icon={<DownloadOutlined />} href={`/console/v1/users.csv?${new URLSearchParams({ corpId })}`} download>
          {t.person.export}
        </Button>
        <Allowed right="users.change">
          <Button icon={<ImportOutlined />} onClick={() => setOpen({ is: 'import' })}>
            {t.users.import}
          </Button>
        </Allowed>
        <Allowed right="users.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ is: 'add' })}>
            {t.users.add}
          </Button>
        </Allowed>
      </Head>
      <Search label={t.users.search} />
      <UserTable list={list} corpId={corpId} onOpen={setOpen} />
      {(open?.is === 'add' || open?.is === 'edit') && (
        <UserEdit
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
  const confirm = useConfirm();
  const change = useChange();
  const remove = ({ userId, name }: ConsolePerson) =>
    confirm({
      title: t.users.removeTitle(name),
      text: t.users.removeText,
      action: t.remove,
      run: async () => {
        if (await change('DELETE', itemPath(usersOf(corpId), userId), {}, t.saved)) list.reload();
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

function useColumns(
  onOpen: TableProps['onOpen'],
  remove: (user: ConsolePerson) => void,
): readonly Column<ListedUser>[] {
  const t = useTexts();
  const actions = (user: ConsolePerson): readonly RowAction[] => [
    {
      icon: <LinkOutlined />,
      label: t.users.link,
      right: 'signInCodes.change',
      run: () => onOpen({ is: 'link', user }),
    },
    { icon: <EditOutlined />, label: t.edit, right: 'users.change', run: () => onOpen({ is: 'edit', user }) },
    { icon: <DeleteOutlined />, label: t.remove, right: 'users.change', isDanger: true, run: () => remove(user) },
  ];
  return [
    {
      key: 'name',
      title: t.users.name,
      cell: ({ name, userId, blockedRobots }) => (
        <span className="main-cell">
          <TwoLines first={name} second={userId} to={userPath(userId)} />
          {blockedRobots.length > 0 && <small>{t.users.blocks(blockedRobots.map(isolate).join(', '))}</small>}
        </span>
      ),
    },
    {
      key: 'title',
      title: t.person.title,
      from: 'lg',
      cell: ({ title, jobNumber }) => <TwoLines first={title ?? '–'} second={jobNumber ?? ''} />,
    },
    {
      key: 'contact',
      title: t.person.contact,
      from: 'md',
      cell: ({ mobile, email }) => <TwoLines first={mobile ?? '–'} second={email ?? ''} />,
    },
    {
      key: 'actions',
      title: t.actions,
      width: 152,
      cell: (user) => <RowActions of={user.name} actions={actions(user)} />,
    },
  ];
}

/** A dialog that creates a link with which a user signs in to the inbox. */
function SignInLink({
  corpId,
  user,
  onClose,
}: {
  readonly corpId: string;
  readonly user: ConsolePerson;
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
