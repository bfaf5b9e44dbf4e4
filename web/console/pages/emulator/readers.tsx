import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import type { ReadersAnswer } from '../../../../src/client/answers.ts';
import { useUnsaved } from '../../../shared/unsaved.ts';
import { useLoaded } from '../../data/load.ts';
import { Failure, Nothing } from '../../parts/common.tsx';
import { useFormat } from '../../parts/format.ts';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../preferences.ts';
import { durationPattern } from './duration.ts';

type Reader = ReadersAnswer['readers'][number];

const path = '/emulator/v1/readers';

/** The simulated readers: users whose deliveries the emulator marks as read after a delay. */
export function Readers() {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const { data, error, reload, replace } = useLoaded<ReadersAnswer>(path);
  const set = async (readers: readonly Reader[]) => {
    const answer = await change<ReadersAnswer>('PUT', path, { readers }, t.saved);
    if (answer) replace(answer);
    return answer !== undefined;
  };
  const readers = data?.readers ?? [];
  return (
    <section className="box">
      <h2>{t.emulator.readers}</h2>
      <p>{t.emulator.readersHint}</p>
      {refusal}
      {error && <Failure error={error} onRetry={reload} />}
      <ReaderList readers={readers} onRemove={(index) => set(readers.filter((_, each) => each !== index))} />
      <NewReader onAdd={(reader) => set([...readers, reader])} />
    </section>
  );
}

function ReaderList({
  readers,
  onRemove,
}: {
  readonly readers: readonly Reader[];
  readonly onRemove: (index: number) => void;
}) {
  const t = useTexts();
  const format = useFormat();
  if (readers.length === 0) return <Nothing text={t.emulator.noReaders} />;
  return (
    <table className="plain spaced">
      <thead>
        <tr>
          <th scope="col">userId</th>
          <th scope="col">{t.emulator.after}</th>
          <th scope="col">{t.emulator.probability}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {readers.map((reader, index) => (
          <tr key={JSON.stringify([index, reader])}>
            <td>{reader.userId === '*' ? t.emulator.everyone : <bdi>{reader.userId}</bdi>}</td>
            <td className="number">{reader.after}</td>
            <td className="number">{format.percent(reader.probability)}</td>
            <td>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={`${t.remove} ${reader.userId}`}
                onClick={() => onRemove(index)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Given = { readonly userId: string; readonly after: string; readonly percent: number };

function NewReader({ onAdd }: { readonly onAdd: (reader: Reader) => Promise<boolean> }) {
  const t = useTexts();
  const [form] = Form.useForm<Given>();
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const add = async ({ userId, after, percent }: Given) => {
    if (!(await onAdd({ userId, after, probability: percent / 100, manner: 'seen' }))) return;
    form.resetFields();
    setDirty(false);
  };
  return (
    <Form<Given>
      form={form}
      layout="inline"
      onFinish={add}
      onValuesChange={() => setDirty(true)}
      initialValues={{ userId: '*', after: '90s', percent: 80 }}
      requiredMark={false}
      className="row-form"
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
      <Button htmlType="submit" icon={<PlusOutlined />}>
        {t.emulator.addReader}
      </Button>
    </Form>
  );
}
