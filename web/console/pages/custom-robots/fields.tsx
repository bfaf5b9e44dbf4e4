import { Form, Input, Select } from 'antd';
import { useTexts } from '../../texts/use-texts.ts';

/** The limits of the server. */
const mostKeywords = 10;
const mostAddresses = 10;

/** The fields of a form for the name of a custom robot, and for who may send through it. */
export function CustomRobotFields() {
  const t = useTexts();
  const { keywords, keywordsHint, addresses, addressesHint } = t.customRobots;
  return (
    <>
      <Form.Item name="name" label={t.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
      <Form.Item name="keywords" label={keywords} extra={keywordsHint}>
        <Select mode="tags" open={false} suffixIcon={null} maxCount={mostKeywords} />
      </Form.Item>
      <Form.Item name="addresses" label={addresses} extra={addressesHint}>
        <Select mode="tags" open={false} suffixIcon={null} maxCount={mostAddresses} tokenSeparators={[' ', ',']} />
      </Form.Item>
    </>
  );
}
