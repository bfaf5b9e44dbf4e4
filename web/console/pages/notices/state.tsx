import { Tag } from 'antd';
import type { ConsoleNotice } from '../../../../src/client/answers.ts';
import { useTexts } from '../../texts/use-texts.ts';

const colours = { waiting: 'processing', running: 'processing', done: 'success', recalled: 'default' } as const;

type Props = { readonly notice: Pick<ConsoleNotice, 'status' | 'percent' | 'recalledAt'> };

/** The state of a work notice, and how far it is delivered. */
export function NoticeState({ notice: { status, percent, recalledAt } }: Props) {
  const t = useTexts();
  const state = recalledAt === null ? status : 'recalled';
  return (
    <span className="main-cell">
      <span>
        <Tag color={colours[state]}>{t.notices.states[state]}</Tag>
      </span>
      {state === 'running' && <small>{t.notices.percent(percent)}</small>}
    </span>
  );
}
