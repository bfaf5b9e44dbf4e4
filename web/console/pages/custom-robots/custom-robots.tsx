import { Tag } from 'antd';
import { useMemo } from 'react';
import type { ConsoleCustomRobot, CustomRobotsAnswer } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { customRobotsOf } from '../../data/sources.ts';
import { Head, Nothing } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { type Column, List } from '../../parts/lists/list.tsx';
import { groupPath, TwoLines } from '../../parts/lists/two-lines.tsx';
import { Link } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { CustomRobotButton, CustomRobotDialogs, type Dialogs, useCustomRobotDialogs } from './dialogs.tsx';

/** The custom robots of an organization: webhooks of its groups. */
export default function CustomRobots() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.customRobots}>{(corpId) => <CustomRobotsOf corpId={corpId} />}</CorpNeeded>;
}

function CustomRobotsOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const source = useMemo(() => customRobotsOf(corpId), [corpId]);
  const path = `${source.path}?${new URLSearchParams({ corpId })}`;
  const list = useList<ConsoleCustomRobot, CustomRobotsAnswer>(path, source.itemsOf);
  const dialogs = useCustomRobotDialogs(source, list);
  return (
    <>
      <Head title={t.pages.customRobots} hint={t.customRobots.hint}>
        <CustomRobotButton dialogs={dialogs} isPrimary />
      </Head>
      <CustomRobotDialogs corpId={corpId} dialogs={dialogs} />
      <List
        name={t.pages.customRobots}
        list={list}
        columns={useColumns(dialogs)}
        keyOf={source.codeOf}
        empty={<Nothing text={t.customRobots.nothing} />}
      />
    </>
  );
}

function useColumns(dialogs: Dialogs): readonly Column<ConsoleCustomRobot>[] {
  const t = useTexts();
  return [
    {
      key: 'name',
      title: t.name,
      cell: ({ name, robotCode }) => <TwoLines first={name} second={robotCode} />,
    },
    {
      key: 'group',
      title: t.customRobots.group,
      from: 'md',
      cell: ({ groupTitle, openConversationId }) => (
        <Link to={groupPath(openConversationId)} className="one-line" dir="auto">
          {groupTitle || openConversationId}
        </Link>
      ),
    },
    {
      key: 'security',
      title: t.customRobots.security,
      from: 'lg',
      cell: (robot) => <Security robot={robot} />,
    },
    {
      key: 'disabled',
      title: t.messages.status,
      width: 110,
      cell: (robot) => <CustomRobotState robot={robot} />,
    },
    {
      key: 'actions',
      title: t.actions,
      width: 120,
      cell: (robot) => <CustomRobotButton dialogs={dialogs} robot={robot} />,
    },
  ];
}

/** Whether a custom robot is enabled. */
export function CustomRobotState({ robot: { disabled } }: { readonly robot: ConsoleCustomRobot }) {
  const t = useTexts();
  return <Tag color={disabled ? 'warning' : 'success'}>{disabled ? t.robots.disabled : t.robots.enabled}</Tag>;
}

/** What a message through the webhook needs. */
export function Security({ robot: { sign, keywords, addresses } }: { readonly robot: ConsoleCustomRobot }) {
  const t = useTexts();
  const parts = [
    ...(sign ? [t.customRobots.signed] : []),
    ...(keywords.length > 0 ? [t.customRobots.keywordCount(keywords.length)] : []),
    ...(addresses.length > 0 ? [t.customRobots.addressCount(addresses.length)] : []),
  ];
  return <span className="one-line soft">{parts.join(' · ') || t.customRobots.open}</span>;
}
