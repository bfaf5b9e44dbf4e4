import { useMemo } from 'react';
import { robotsIn } from '../../data/sources.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useCorps } from '../corp.tsx';
import { FilterChoice } from './filter-choice.tsx';

type Props = {
  readonly value: string | undefined;
  readonly onChange: (robotCode: string | undefined) => void;
  /** Leaves out the visible label above the field. */
  readonly isBare?: boolean;
};

/** Selects one robot of the organization; no selection means all robots. */
export function RobotChoice({ value, onChange, isBare = false }: Props) {
  const t = useTexts();
  const { corpId } = useCorps();
  const source = useMemo(() => robotsIn(corpId ?? ''), [corpId]);
  return (
    <FilterChoice
      label={t.messages.robot}
      source={source}
      value={value}
      placeholder={isBare ? t.messages.anyRobot : t.all}
      onChange={onChange}
      isBare={isBare}
    />
  );
}
