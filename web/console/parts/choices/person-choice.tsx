import { useMemo } from 'react';
import { usersOf } from '../../data/sources.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useCorps } from '../corp.tsx';
import { FilterChoice } from './filter-choice.tsx';

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
    <FilterChoice
      label={t.messages.user}
      source={source}
      value={value}
      placeholder={t.messages.anyone}
      onChange={onChange}
    />
  );
}
