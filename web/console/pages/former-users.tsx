import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { ConsoleUser, FormerUser, FormerUsersAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { useList } from '../data/list.ts';
import { Allowed } from '../parts/allowed.tsx';
import { Head, Nothing } from '../parts/common.tsx';
import { type Column, List } from '../parts/lists/list.tsx';
import { Search, useSearchText, withSearch } from '../parts/lists/search.tsx';
import { TwoLines } from '../parts/lists/two-lines.tsx';
import { Time } from '../parts/time.tsx';
import { Link } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';

/** People who were removed from an organization, each with a button that restores them. */
export function FormerUsers({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const text = useSearchText();
  const change = useChange();
  const path = withSearch('/console/v1/formerUsers', text, { corpId });
  const list = useList<FormerUser, FormerUsersAnswer>(path, (page) => page.formerUsers);
  const restore = async ({ userId, leftAt }: FormerUser) => {
    const query = new URLSearchParams({ corpId });
    const call = `/console/v1/users/${encodeURIComponent(userId)}/restore?${query}`;
    if (await change<ConsoleUser>('POST', call, { leftAt }, t.users.restored)) list.reload();
  };
  return (
    <>
      <p className="spaced">
        <Link to="/users">
          <ArrowLeftOutlined aria-hidden="true" /> {t.pages.users}
        </Link>
      </p>
      <Head title={t.users.former} hint={t.users.formerText} />
      <Search label={t.users.search} />
      <List
        name={t.users.former}
        list={list}
        columns={useColumns(restore)}
        keyOf={({ userId, leftAt }) => `${userId} ${leftAt}`}
        empty={<Nothing text={text ? t.choices.nothing : t.users.noFormer} />}
      />
    </>
  );
}

type OnRestore = (user: FormerUser) => Promise<void>;

function useColumns(restore: OnRestore): readonly Column<FormerUser>[] {
  const t = useTexts();
  return [
    {
      key: 'name',
      title: t.users.name,
      cell: ({ name, userId }) => <TwoLines first={name} second={userId} />,
    },
    { key: 'leftAt', title: t.users.leftAt, width: 190, cell: ({ leftAt }) => <Time at={leftAt} /> },
    { key: 'actions', title: t.actions, width: 112, cell: (user) => <Restore user={user} onRestore={restore} /> },
  ];
}

function Restore({ user, onRestore }: { readonly user: FormerUser; readonly onRestore: OnRestore }) {
  const t = useTexts();
  const [isBusy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    await onRestore(user);
    setBusy(false);
  };
  return (
    <Allowed right="users.change">
      <Button loading={isBusy} aria-label={`${t.users.restore}: ${isolate(user.name)}`} onClick={restore}>
        {t.users.restore}
      </Button>
    </Allowed>
  );
}
