import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { ConsoleGroup, GroupsAnswer } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { SelectFilter, useFilters } from '../../parts/choices/select-filter.tsx';
import { Head, Nothing } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { Search } from '../../parts/lists/search.tsx';
import { groupPath, TwoLines } from '../../parts/lists/two-lines.tsx';
import { Time } from '../../parts/time.tsx';
import { navigate } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { GroupNew } from './new.tsx';
import { GroupState } from './state.tsx';

/** The groups of an organization. */
export default function Groups() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.groups}>{(corpId) => <GroupsOf corpId={corpId} />}</CorpNeeded>;
}

function GroupsOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const query = useFilters(['text', 'state'], { corpId });
  const list = useList<ConsoleGroup, GroupsAnswer>(`/console/v1/groups?${query}`, (page) => page.groups);
  const [isNew, setNew] = useState(false);
  return (
    <>
      <Head title={t.pages.groups} hint={t.chats.hint}>
        <Allowed right="groups.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
            {t.chats.add}
          </Button>
        </Allowed>
      </Head>
      <Search label={t.chats.search} />
      <search className="box">
        <div className="filters">
          <SelectFilter name="state" label={t.chats.state} options={t.chats.states} />
        </div>
      </search>
      <List
        name={t.pages.groups}
        list={list}
        columns={useColumns()}
        keyOf={({ openConversationId }) => openConversationId}
        empty={<Nothing text={query.size > 1 ? t.choices.nothing : t.chats.nothing} />}
      />
      {isNew && (
        <GroupNew
          corpId={corpId}
          onClose={() => setNew(false)}
          onCreated={({ openConversationId }) => navigate(groupPath(openConversationId))}
        />
      )}
    </>
  );
}

function useColumns(): readonly Column<ConsoleGroup>[] {
  const t = useTexts();
  const format = useFormat();
  return [
    {
      key: 'title',
      title: t.chats.title,
      cell: ({ title, openConversationId }) => (
        <TwoLines first={title} second={openConversationId} to={groupPath(openConversationId)} />
      ),
    },
    {
      key: 'owner',
      title: t.chats.owner,
      width: 160,
      from: 'lg',
      cell: ({ owner }) => <bdi className="one-line soft">{owner || t.chats.noOwner}</bdi>,
    },
    {
      key: 'members',
      title: t.chats.memberCount,
      width: 100,
      cell: ({ memberCount }) => <span className="number">{format.number(memberCount)}</span>,
    },
    { key: 'state', title: t.chats.state, width: 120, cell: (group) => <GroupState group={group} /> },
    {
      key: 'created',
      title: t.chats.created,
      width: 190,
      from: 'md',
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ];
}
