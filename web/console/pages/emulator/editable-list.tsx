import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form } from 'antd';
import { type ReactNode, useState } from 'react';
import { useUnsaved } from '../../../shared/unsaved.ts';
import { useLoaded } from '../../data/load.ts';
import { Failure, Nothing } from '../../parts/common.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Column<T> = { readonly title: string; readonly className?: string; readonly cell: (item: T) => ReactNode };

type TableProps<T> = {
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  /** Shown instead of an empty table. */
  readonly empty: string;
  /** Names an item in the label of its remove button. */
  readonly nameOf: (item: T, index: number) => string;
  readonly onRemove: (index: number) => void;
};

type FormProps<Given extends object> = {
  readonly initial?: Partial<Given>;
  readonly addText: string;
  /** Resolves to whether the change succeeded. If not, the form keeps its input. */
  readonly onAdd: (given: Given) => Promise<boolean>;
  /** The fields of the form. */
  readonly children: ReactNode;
};

type Props<T, Given extends object> = Omit<TableProps<T>, 'items' | 'onRemove'> &
  Omit<FormProps<Given>, 'onAdd'> & {
    readonly path: string;
    /** The member of the request and the response that contains the list. */
    readonly member: string;
    readonly title: string;
    readonly hint: string;
    /** Converts the values of the form to the item to add. */
    readonly toItem: (given: Given) => object;
  };

/** A list of the emulator's settings with a form to add an item. Each change sends the whole list to the server. */
export function EditableList<T, Given extends object>(props: Props<T, Given>) {
  const { path, member, title, hint, toItem, columns, empty, nameOf, initial, addText, children } = props;
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const { data, error, reload, replace } = useLoaded<Readonly<Record<string, readonly T[]>>>(path);
  const items = data?.[member] ?? [];
  const set = async (next: readonly unknown[]) => {
    const answer = await change<Readonly<Record<string, readonly T[]>>>('PUT', path, { [member]: next }, t.saved);
    if (answer) replace(answer);
    return answer !== undefined;
  };
  const remove = (index: number) => void set(items.filter((_, each) => each !== index));
  return (
    <section className="box">
      <h2>{title}</h2>
      <p>{hint}</p>
      {refusal}
      {error && <Failure error={error} onRetry={reload} />}
      <Table items={items} columns={columns} empty={empty} nameOf={nameOf} onRemove={remove} />
      <AddForm<Given> {...(initial && { initial })} addText={addText} onAdd={(given) => set([...items, toItem(given)])}>
        {children}
      </AddForm>
    </section>
  );
}

function Table<T>({ items, columns, empty, nameOf, onRemove }: TableProps<T>) {
  const t = useTexts();
  if (items.length === 0) return <Nothing text={empty} />;
  return (
    <table className="plain spaced">
      <thead>
        <tr>
          {columns.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          <td />
        </tr>
      </thead>
      <tbody>
        {items.map((item, index) => (
          <tr key={JSON.stringify([index, item])}>
            {columns.map(({ title, className, cell }) => (
              <td key={title} className={className}>
                {cell(item)}
              </td>
            ))}
            <td>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={`${t.remove} ${nameOf(item, index)}`}
                onClick={() => onRemove(index)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AddForm<Given extends object>({ initial, addText, onAdd, children }: FormProps<Given>) {
  const [form] = Form.useForm<Given>();
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const add = async (given: Given) => {
    if (!(await onAdd(given))) return;
    form.resetFields();
    setDirty(false);
  };
  return (
    <Form<Given>
      form={form}
      layout="inline"
      onFinish={add}
      onValuesChange={() => setDirty(true)}
      {...(initial && { initialValues: initial })}
      className="row-form"
      requiredMark={false}
    >
      {children}
      <Button htmlType="submit" icon={<PlusOutlined />}>
        {addText}
      </Button>
    </Form>
  );
}
