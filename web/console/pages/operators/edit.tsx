import { Form, Input } from 'antd';
import type { ConsoleOperator } from '../../../../src/client/answers.ts';
import { itemPath, operators } from '../../data/sources.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { type GivenGrant, GrantsField } from './grants-field.tsx';

type Props = {
  /** The operator to edit; a new one if absent. */
  readonly operator: ConsoleOperator | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
};

type Given = { readonly name: string; readonly email?: string; readonly grants?: readonly GivenGrant[] };

/** The dialog that adds an operator, or changes name, email address and roles of one. */
export function OperatorEdit({ operator, onClose, onChanged }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const initial = initialOf(operator);
  const submit = async ({ name, email, grants = [] }: Given) => {
    const roles = grants.map(toGrant);
    // Roles end the sessions of the operator, so they are sent only if they are others.
    const areOthers = JSON.stringify(roles) !== JSON.stringify(initial.grants);
    const body = { name, email: email?.trim() || null, ...(areOthers && { grants: roles }) };
    const answer = operator
      ? await change('PUT', itemPath(operators, operator.operatorId), body, t.saved)
      : await change('POST', operators.path, body, t.saved);
    if (answer) onChanged();
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={operator ? t.operators.edit : t.operators.add}
      okText={operator ? t.save : t.create}
      initial={initial}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="name" label={t.users.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
      <Form.Item
        name="email"
        label={t.operators.email}
        extra={t.operators.emailHint}
        rules={[{ pattern: /^\s*[^\s@]+@[^\s@]+\s*$/, message: t.operators.badEmail }]}
      >
        <Input maxLength={254} autoComplete="off" dir="auto" />
      </Form.Item>
      <GrantsField />
      {operator && <p className="soft">{t.operators.editHint}</p>}
    </FormDialog>
  );
}

function initialOf(operator: ConsoleOperator | undefined): Given {
  if (!operator) return { name: '', email: '', grants: [] };
  const grants = operator.grants.map(({ role, corpId, userId }) =>
    toGrant({ role, ...(corpId !== null && { corpId }), ...(userId !== null && { userId }) }),
  );
  return { name: operator.name, email: operator.email ?? '', grants };
}

/** A grant with the given members only, in one order. */
function toGrant({ role, corpId, userId }: GivenGrant): GivenGrant {
  return { role, ...(corpId && { corpId }), ...(corpId && userId && { userId }) };
}
