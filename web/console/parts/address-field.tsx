import { Form, Input } from 'antd';
import { useTexts } from '../texts/use-texts.ts';

type Props = { readonly label: string; readonly hint: string; readonly isRequired?: boolean };

/** The field `url` of a form: an address for callbacks. */
export function AddressField({ label, hint, isRequired = false }: Props) {
  const t = useTexts();
  return (
    <Form.Item
      name="url"
      label={label}
      extra={hint}
      rules={isRequired ? [{ required: true, whitespace: true, message: t.required }] : []}
    >
      <Input maxLength={2000} autoComplete="off" inputMode="url" dir="ltr" />
    </Form.Item>
  );
}
