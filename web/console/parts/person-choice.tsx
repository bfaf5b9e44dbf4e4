import { useMemo } from 'react';
import { usersOf } from '../data/sources.ts';
import { useTexts } from '../preferences.ts';
import { Choice } from './choice.tsx';
import { useCorps } from './corp.tsx';

type Props = {
  readonly value: string | undefined;
  readonly onChange: (userId: string | undefined) => void;
};

/** Selects one user of the organization by name or userId; no selection means all users. */
export function PersonChoice({ value, onChange }: Props) {
  const t = useTexts();
  const { corpId } = useCorps();
  const source = useMemo(() => usersOf(corpId ?? ''), [corpId]);
  return (
    <div className="field">
      <span>{t.messages.user}</span>
      <Choice
        source={source}
        aria-label={t.messages.user}
        allowClear
        value={value}
        placeholder={t.messages.anyone}
        onChange={onChange}
      />
    </div>
  );
}
