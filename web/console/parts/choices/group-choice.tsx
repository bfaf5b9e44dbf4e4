import { useMemo } from 'react';
import { groupsOf } from '../../data/sources.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useCorps } from '../corp.tsx';
import { FilterChoice } from './filter-choice.tsx';

type Props = {
  readonly value: string | undefined;
  readonly onChange: (openConversationId: string | undefined) => void;
};

/** Selects one group of the organization; no selection means all messages. */
export function GroupChoice({ value, onChange }: Props) {
  const t = useTexts();
  const { corpId } = useCorps();
  const source = useMemo(() => groupsOf(corpId ?? ''), [corpId]);
  return <FilterChoice label={t.chats.group} source={source} value={value} placeholder={t.all} onChange={onChange} />;
}
