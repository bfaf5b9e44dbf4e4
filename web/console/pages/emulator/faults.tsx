import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import type { FaultsAnswer } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { useUnsaved } from '../../../shared/unsaved.ts';
import { useLoaded } from '../../data/load.ts';
import { Failure, Nothing } from '../../parts/common.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../preferences.ts';
import { durationPattern } from './duration.ts';

type Rule = FaultsAnswer['rules'][number];

const path = '/emulator/v1/faults';

/** The fault rules: errors, delays and dropped connections that the emulator injects. */
export function FaultRules() {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const { data, error, reload, replace } = useLoaded<FaultsAnswer>(path);
  const set = async (rules: readonly object[]) => {
    const answer = await change<FaultsAnswer>('PUT', path, { rules }, t.saved);
    if (answer) replace(answer);
    return answer !== undefined;
  };
  const rules = data?.rules ?? [];
  return (
    <section className="box">
      <h2>{t.emulator.faults}</h2>
      <p>{t.emulator.faultsHint}</p>
      {refusal}
      {error && <Failure error={error} onRetry={reload} />}
      <RuleList rules={rules} onRemove={(index) => set(rules.filter((_, each) => each !== index))} />
      <NewRule onAdd={(rule) => set([...rules, rule])} />
    </section>
  );
}

function RuleList({
  rules,
  onRemove,
}: {
  readonly rules: readonly Rule[];
  readonly onRemove: (index: number) => void;
}) {
  const t = useTexts();
  if (rules.length === 0) return <Nothing text={t.emulator.noFaults} />;
  return (
    <table className="plain spaced">
      <thead>
        <tr>
          <th scope="col">{t.emulator.path}</th>
          <th scope="col">{t.emulator.effect}</th>
          <th scope="col">{t.emulator.times}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rules.map((rule, index) => (
          <tr key={JSON.stringify([index, rule])}>
            <td className="code">
              {[rule.method, rule.path ?? t.emulator.any, rule.robotCode].filter(isGiven).map(isolate).join(' ')}
            </td>
            <td className="code">
              {[rule.latency, rule.drop ? t.emulator.drop : rule.error].filter(isGiven).map(isolate).join(' · ')}
            </td>
            <td>{rule.times ?? t.emulator.always}</td>
            <td>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={`${t.remove} ${index + 1}`}
                onClick={() => onRemove(index)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const isGiven = (text: string | undefined): text is string => Boolean(text);

const paths = [
  '/v1.0/oauth2/accessToken',
  '/v1.0/robot/oToMessages/batchSend',
  '/v1.0/robot/oToMessages/readStatus',
  '/v1.0/robot/otoMessages/batchRecall',
];

type Given = {
  path?: string;
  robotCode?: string;
  nth?: number;
  times?: number;
  error?: string;
  latency?: string;
  drop?: boolean;
};

/** The rule of a submitted form, without empty fields. */
function ruleOf(given: Given): object {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, value]) => value !== undefined && value !== '' && value !== false && value !== null,
    ),
  );
}

function NewRule({ onAdd }: { readonly onAdd: (rule: object) => Promise<boolean> }) {
  const t = useTexts();
  const [form] = Form.useForm<Given>();
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const add = async (given: Given) => {
    if (!(await onAdd(ruleOf(given)))) return;
    form.resetFields();
    setDirty(false);
  };
  return (
    <Form<Given>
      form={form}
      layout="inline"
      onFinish={add}
      onValuesChange={() => setDirty(true)}
      className="row-form"
      requiredMark={false}
    >
      <Form.Item name="path" label={t.emulator.path}>
        <Select
          allowClear
          placeholder={t.emulator.any}
          options={paths.map((value) => ({ value, label: value }))}
          popupMatchSelectWidth={false}
          className="long"
        />
      </Form.Item>
      <Form.Item name="robotCode" label={t.emulator.robotCode}>
        <Input placeholder={t.emulator.any} />
      </Form.Item>
      <Form.Item name="nth" label={t.emulator.nth}>
        <InputNumber min={1} precision={0} />
      </Form.Item>
      <Form.Item name="times" label={t.emulator.times}>
        <InputNumber min={1} precision={0} placeholder={t.emulator.always} />
      </Form.Item>
      <Form.Item name="error" label={t.emulator.error}>
        <Input placeholder="system.error" />
      </Form.Item>
      <Form.Item
        name="latency"
        label={t.emulator.latency}
        rules={[{ pattern: durationPattern, message: t.emulator.badDuration }]}
      >
        <Input className="short" placeholder="250ms" />
      </Form.Item>
      <Form.Item name="drop" valuePropName="checked">
        <Checkbox>{t.emulator.drop}</Checkbox>
      </Form.Item>
      <Button htmlType="submit" icon={<PlusOutlined />}>
        {t.emulator.addFault}
      </Button>
    </Form>
  );
}
