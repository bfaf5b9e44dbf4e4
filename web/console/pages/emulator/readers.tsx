import { Form, Input, InputNumber } from 'antd';
import type { ReadersAnswer } from '../../../../src/client/answers.ts';
import { useFormat } from '../../parts/format.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { durationPattern } from './duration.ts';
import { EditableList } from './editable-list.tsx';

type Reader = ReadersAnswer['readers'][number];
type Given = { readonly userId: string; readonly after: string; readonly percent: number };

/** The simulated readers: users whose deliveries the emulator marks as read after a delay. */
export function Readers() {
  const t = useTexts();
  const format = useFormat();
  return (
    <EditableList<Reader, Given>
      path="/emulator/v1/readers"
      member="readers"
      title={t.emulator.readers}
      hint={t.emulator.readersHint}
      empty={t.emulator.noReaders}
      columns={[
        {
          title: 'userId',
          cell: ({ userId }) => (userId === '*' ? t.emulator.everyone : <bdi>{userId}</bdi>),
        },
        { title: t.emulator.after, className: 'number', cell: ({ after }) => after },
        {
          title: t.emulator.probability,
          className: 'number',
          cell: ({ probability }) => format.percent(probability),
        },
      ]}
      nameOf={({ userId }) => userId}
      toItem={({ userId, after, percent }) => ({ userId, after, probability: percent / 100, manner: 'seen' })}
      initial={{ userId: '*', after: '90s', percent: 80 }}
      addText={t.emulator.addReader}
    >
      <Form.Item name="userId" label={t.emulator.userId} rules={[{ required: true, message: t.required }]}>
        <Input />
      </Form.Item>
      <Form.Item
        name="after"
        label={t.emulator.after}
        rules={[{ pattern: durationPattern, message: t.emulator.badDuration }]}
      >
        <Input className="short" />
      </Form.Item>
      <Form.Item name="percent" label={t.emulator.probability}>
        <InputNumber min={0} max={100} suffix="%" />
      </Form.Item>
    </EditableList>
  );
}
