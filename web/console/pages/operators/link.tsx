import { Form, Select } from 'antd';
import { useState } from 'react';
import type { ConsoleOperator, OperatorLinkAnswer } from '../../../../src/client/answers.ts';
import { itemPath, operators } from '../../data/sources.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormat } from '../../parts/format.ts';
import { useFormChange } from '../../parts/refusal.tsx';
import { SecretDialog } from '../../parts/secret-dialog.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Props = { readonly operator: ConsoleOperator; readonly onClose: () => void };

const day = '86400000';

/** The dialog that creates a one-time link for an operator, and then shows it once. */
export function OperatorLink({ operator, onClose }: Props) {
  const t = useTexts();
  const format = useFormat();
  const { change, refusal } = useFormChange();
  const [made, setMade] = useState<OperatorLinkAnswer>();
  const title = t.operators.linkTitle(operator.name);
  const make = async ({ validFor }: { readonly validFor: string }) => {
    const path = `${itemPath(operators, operator.operatorId)}/link`;
    setMade(await change<OperatorLinkAnswer>('POST', path, { validFor: Number(validFor) }));
    // The dialog with the link takes its place.
    return false;
  };
  if (made) {
    const text = t.operators.linkText(format.time(made.expiresAt));
    return <SecretDialog title={title} text={text} values={[[t.operators.link, made.url]]} onClose={onClose} />;
  }
  return (
    <FormDialog<{ readonly validFor: string }>
      title={title}
      okText={t.create}
      initial={{ validFor: day }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={make}
    >
      <Form.Item name="validFor" label={t.operators.validFor} extra={t.operators.linkHint}>
        <Select options={Object.entries(t.operators.validities).map(([value, label]) => ({ value, label }))} />
      </Form.Item>
    </FormDialog>
  );
}
