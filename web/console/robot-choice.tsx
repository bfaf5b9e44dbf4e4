import { Select } from 'antd';
import type { RobotsAnswer } from '../../src/client/answers.ts';
import { useCorps } from './corp.tsx';
import { useLoaded } from './load.ts';
import { useTexts } from './preferences.ts';

type Props = {
  readonly value: string | undefined;
  readonly onChange: (robotCode: string | undefined) => void /** Without its label above. */;
  readonly isBare?: boolean;
};

/** One of the robots of the organization, or all of them. */
export function RobotChoice({ value, onChange, isBare = false }: Props) {
  const t = useTexts();
  const { corpId } = useCorps();
  const { data } = useLoaded<RobotsAnswer>(
    corpId && `/console/v1/robots?${new URLSearchParams({ corpId, limit: '100' })}`,
  );
  const options = (data?.robots ?? []).map((robot) => ({ value: robot.robotCode, label: robot.name }));
  return (
    <div className="field">
      {!isBare && <span>{t.messages.robot}</span>}
      <Select
        aria-label={t.messages.robot}
        allowClear
        value={value ?? null}
        placeholder={isBare ? t.messages.anyRobot : t.all}
        options={options}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(chosen) => onChange(chosen ?? undefined)}
      />
    </div>
  );
}
