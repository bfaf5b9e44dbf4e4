import { useMemo } from 'react';
import { robotsIn } from '../data/sources.ts';
import { useTexts } from '../preferences.ts';
import { Choice } from './choice.tsx';
import { useCorps } from './corp.tsx';

type Props = {
  readonly value: string | undefined;
  readonly onChange: (robotCode: string | undefined) => void;
  /** Without its label above. */
  readonly isBare?: boolean;
};

/** One of the robots of the organization, or all of them. */
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
