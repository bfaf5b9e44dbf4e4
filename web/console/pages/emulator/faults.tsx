import { Checkbox, Form, Input, InputNumber, Select } from 'antd';
import type { FaultsAnswer } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { durationPattern } from './duration.ts';
import { EditableList } from './editable-list.tsx';

type Rule = FaultsAnswer['rules'][number];
type Given = {
  path?: string;
  robotCode?: string;
  nth?: number;
  times?: number;
  error?: string;
  latency?: string;
  drop?: boolean;
};

/** The fault rules: errors, delays and dropped connections that the emulator injects. */
export function FaultRules() {
  const t = useTexts();
  return (
    <EditableList<Rule, Given>
      path="/emulator/v1/faults"
      member="rules"
      title={t.emulator.faults}
      hint={t.emulator.faultsHint}
      empty={t.emulator.noFaults}
      columns={[
        {
          title: t.emulator.path,
          className: 'code',
          cell: ({ method, path, robotCode }) => joinGiven([method, path ?? t.emulator.any, robotCode], ' '),
        },
        {
          title: t.emulator.effect,
          className: 'code',
          cell: ({ latency, drop, error }) => joinGiven([latency, drop ? t.emulator.drop : error], ' · '),
        },
        { title: t.emulator.times, cell: ({ times }) => times ?? t.emulator.always },
      ]}
      nameOf={(_, index) => String(index + 1)}
      toItem={ruleOf}
      addText={t.emulator.addFault}
    >
      <RuleFields />
    </EditableList>
  );
}

function joinGiven(texts: readonly (string | undefined)[], separator: string): string {
  return texts
    .filter((text): text is string => Boolean(text))
    .map(isolate)
    .join(separator);
}

const paths = [
  '/v1.0/oauth2/accessToken',
  '/v1.0/robot/oToMessages/batchSend',
  '/v1.0/robot/oToMessages/readStatus',
  '/v1.0/robot/otoMessages/batchRecall',
];

/** The rule of a submitted form, without empty fields. */
function ruleOf(given: Given): object {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, value]) => value !== undefined && value !== '' && value !== false && value !== null,
    ),
  );
}

function RuleFields() {
  const t = useTexts();
  return (
    <>
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
    </>
  );
}
