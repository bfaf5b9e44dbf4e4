import { Tag } from 'antd';
import type { ConsoleGroup } from '../../../../src/client/answers.ts';
import { useTexts } from '../../texts/use-texts.ts';

/** Whether a group is active or disbanded. */
export function GroupState({ group: { disbandedAt } }: { readonly group: ConsoleGroup }) {
  const t = useTexts();
  const state = disbandedAt === null ? 'active' : 'disbanded';
  return <Tag color={state === 'active' ? 'success' : 'default'}>{t.chats.states[state]}</Tag>;
}

/** The call for a group, or with `part` for something of it. */
export function groupCall(corpId: string, openConversationId: string, part = ''): string {
  return `/console/v1/groups/${encodeURIComponent(openConversationId)}${part}?${new URLSearchParams({ corpId })}`;
}
