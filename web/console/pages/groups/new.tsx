import { Checkbox, Form, Input } from 'antd';
import { useMemo } from 'react';
import type { ConsoleGroup } from '../../../../src/client/answers.ts';
import { robotsIn, usersOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { ManyChoice } from '../../parts/choices/many-choice.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Props = {
  readonly corpId: string;
  readonly onClose: () => void;
  readonly onCreated: (group: ConsoleGroup) => void;
};

type Given = {
  readonly title: string;
  readonly owner: string;
  readonly isAll: boolean;
  readonly members: readonly string[];
  readonly robots: readonly string[];
};

/** The dialog that creates a group. */
export function GroupNew({ corpId, onClose, onCreated }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const users = useMemo(() => usersOf(corpId), [corpId]);
  const robots = useMemo(() => robotsIn(corpId), [corpId]);
  const submit = async ({ isAll, members, ...given }: Given) => {
    const body = { corpId, ...given, members: isAll ? 'all' : members };
    const answer = await change<ConsoleGroup>('POST', '/console/v1/groups', body, t.saved);
    if (answer) onCreated(answer);
    return answer !== undefined;
  };
  const required = { required: true, message: t.required };
  return (
    <FormDialog<Given>
      title={t.chats.add}
      okText={t.create}
      initial={{ isAll: false, members: [], robots: [] }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="title" label={t.chats.title} rules={[{ ...required, whitespace: true }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
      <Form.Item name="owner" label={t.chats.owner} rules={[required]}>
        <Choice source={users} />
      </Form.Item>
      <Form.Item name="isAll" valuePropName="checked">
        <Checkbox>{t.chats.everybody}</Checkbox>
      </Form.Item>
      <Form.Item noStyle dependencies={['isAll']}>
        {({ getFieldValue }) => (
          <Form.Item name="members" label={t.chats.members} hidden={getFieldValue('isAll') === true}>
            <ManyChoice source={users} label={t.chats.addMember} />
          </Form.Item>
        )}
      </Form.Item>
      <Form.Item name="robots" label={t.chats.robots}>
        <ManyChoice source={robots} label={t.chats.addRobot} />
      </Form.Item>
    </FormDialog>
  );
}
