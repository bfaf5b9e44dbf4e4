import { useMemo } from 'react';
import { groupsOf } from '../data/sources.ts';
import { useTexts } from '../preferences.ts';
import { Choice } from './choice.tsx';
import { useCorps } from './corp.tsx';

type Props = {
  readonly value: string | undefined;
  readonly onChange: (openConversationId: string | undefined) => void;
};

/** Selects one group of the organization; no selection means all messages. */
export function GroupChoice({ value, onChange }: Props) {
  const t = useTexts();
  const { corpId } = useCorps();
  const source = useMemo(() => groupsOf(corpId ?? ''), [corpId]);
  return (
    <div className="field">
      <span>{t.chats.group}</span>
      <Choice
        source={source}
        aria-label={t.chats.group}
        allowClear
        value={value}
        placeholder={t.all}
        onChange={onChange}
      />
    </div>
  );
}
