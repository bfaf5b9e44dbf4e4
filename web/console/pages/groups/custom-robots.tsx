import { useMemo } from 'react';
import type { ConsoleCustomRobot, ConsoleGroup, CustomRobotsAnswer } from '../../../../src/client/answers.ts';
import { UserLine } from '../../../shared/bidi.tsx';
import { usePaged } from '../../data/load.ts';
import { customRobotsOf } from '../../data/sources.ts';
import { More } from '../../parts/lists/more.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { CustomRobotState, Security } from '../custom-robots/custom-robots.tsx';
import { CustomRobotButton, CustomRobotDialogs, useCustomRobotDialogs } from '../custom-robots/dialogs.tsx';

type Props = { readonly corpId: string; readonly group: ConsoleGroup };

/** The custom robots that send into a group. */
export function GroupCustomRobots({ corpId, group }: Props) {
  const t = useTexts();
  const { openConversationId, disbandedAt } = group;
  const source = useMemo(() => customRobotsOf(corpId), [corpId]);
  const path = `${source.path}?${new URLSearchParams({ corpId, openConversationId })}`;
  const list = usePaged<ConsoleCustomRobot, CustomRobotsAnswer>(path, source.itemsOf);
  const dialogs = useCustomRobotDialogs(source, list);
  const isEmpty = list.items.length === 0 && !list.loading && !list.error;
  return (
    <section className="box">
      <div className="box-head">
        <h2>{t.customRobots.inGroup}</h2>
        {disbandedAt === null && <CustomRobotButton dialogs={dialogs} />}
      </div>
      {isEmpty && <p className="soft">{t.customRobots.noneInGroup}</p>}
      {list.items.length > 0 && (
        <ul className="tiles one" aria-label={t.customRobots.inGroup}>
          {list.items.map((robot) => (
            <li key={robot.robotCode}>
              <span className="main-cell">
                <UserLine>{robot.name}</UserLine>
                <Security robot={robot} />
              </span>
              <span className="row-actions">
                <CustomRobotState robot={robot} />
                <CustomRobotButton dialogs={dialogs} robot={robot} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <More list={list} />
      <CustomRobotDialogs corpId={corpId} openConversationId={openConversationId} dialogs={dialogs} />
    </section>
  );
}
