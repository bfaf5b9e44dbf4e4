import { useMemo } from 'react';
import { robotsIn } from '../data/sources.ts';
import { useTexts } from '../preferences.ts';
import { Choice } from './choice.tsx';
import { useCorps } from './corp.tsx';

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
    <div className="field">
      {!isBare && <span>{t.messages.robot}</span>}
      <Choice
        source={source}
        aria-label={t.messages.robot}
        allowClear
        value={value}
        placeholder={isBare ? t.messages.anyRobot : t.all}
        onChange={onChange}
      />
    </div>
  );
}
