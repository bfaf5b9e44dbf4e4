import { Form, Modal } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { useUnsaved } from '../../shared/unsaved.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useRestoreFocus } from './focus.ts';

type Props<T extends object> = {
  readonly title: string;
  readonly okText: string;
  readonly initial?: Partial<T>;
  /** The error of the last attempt. */
  readonly refusal: ReactNode;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** Resolves to whether the change succeeded. If not, the dialog stays open with its input. */
  readonly onSubmit: (given: T) => Promise<boolean>;
};

/** A dialog with a form. Render it only while it is open. */
export function FormDialog<T extends object>({
  title,
  okText,
  initial,
  refusal,
  children,
  onClose,
  onSubmit,
}: Props<T>) {
  const t = useTexts();
  useRestoreFocus();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const submit = async (given: T) => {
    setBusy(true);
    const isDone = await onSubmit(given);
    setBusy(false);
    if (isDone) onClose();
  };
  return (
    <Modal
      open
      title={title}
      okText={okText}
      cancelText={t.cancel}
      onCancel={onClose}
      okButtonProps={{ htmlType: 'submit', form: id, loading: busy }}
    >
      <Form<T>
        id={id}
        // The ids of its fields begin with this: a form behind the dialog may have fields of the same names.
        name={id}
        layout="vertical"
        onFinish={submit}
        onValuesChange={() => setDirty(true)}
        {...(initial ? { initialValues: initial } : {})}
        requiredMark={false}
      >
        {refusal}
        {children}
      </Form>
    </Modal>
  );
}
