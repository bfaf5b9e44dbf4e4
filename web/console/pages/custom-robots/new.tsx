import { Form, Switch } from 'antd';
import { useMemo } from 'react';
import type { NewCustomRobot } from '../../../../src/client/answers.ts';
import { groupsOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { CustomRobotFields } from './fields.tsx';

type Props = {
  readonly corpId: string;
  /** The group of the new robot; if absent, the dialog asks for it. */
  readonly openConversationId: string | undefined;
  readonly onClose: () => void;
  readonly onCreated: (robot: NewCustomRobot) => void;
};

type Given = {
  readonly openConversationId: string;
  readonly name: string;
  readonly keywords: readonly string[];
  readonly addresses: readonly string[];
  readonly sign: boolean;
};

/** The dialog that creates a custom robot. */
export function CustomRobotNew({ corpId, openConversationId, onClose, onCreated }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const source = useMemo(() => groupsOf(corpId), [corpId]);
  const submit = async (given: Given) => {
    const body = { corpId, ...(openConversationId !== undefined && { openConversationId }), ...given };
    const answer = await change<NewCustomRobot>('POST', '/console/v1/customRobots', body);
    if (answer) onCreated(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={t.customRobots.add}
      okText={t.create}
      initial={{ keywords: [], addresses: [], sign: true }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      {openConversationId === undefined && (
        <Form.Item
          name="openConversationId"
          label={t.customRobots.group}
          rules={[{ required: true, message: t.required }]}
        >
          <Choice source={source} />
        </Form.Item>
      )}
      <CustomRobotFields />
      <Form.Item name="sign" label={t.customRobots.sign} valuePropName="checked" extra={t.customRobots.signHint}>
        <Switch />
      </Form.Item>
    </FormDialog>
  );
}
