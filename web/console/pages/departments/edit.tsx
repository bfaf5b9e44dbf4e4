import { Form, Input, InputNumber } from 'antd';
import { useMemo } from 'react';
import type { DepartmentDetail } from '../../../../src/client/answers.ts';
import { departmentsOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { departmentCall, rootId } from './paths.ts';

type Props = {
  readonly corpId: string;
  /** The department to edit; a new one if absent. */
  readonly department?: DepartmentDetail;
  /** The parent of a new department. */
  readonly parentId?: number;
  readonly onClose: () => void;
  readonly onChanged: (department: DepartmentDetail) => void;
};

type Given = {
  readonly deptId?: number | null;
  readonly name: string;
  readonly parentId?: string;
  readonly order?: number | null;
};

/** The dialog that creates, renames, moves or orders a department. */
export function DepartmentEdit({ corpId, department, parentId = rootId, onClose, onChanged }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const source = useMemo(() => departmentsOf(corpId), [corpId]);
  const submit = async (given: Given) => {
    const { name, order } = given;
    const fields = { name, parentId: Number(given.parentId ?? rootId), ...(order != null && { order }) };
    const deptId = given.deptId ?? undefined;
    const answer = department
      ? await change<DepartmentDetail>('PUT', departmentCall(corpId, department.deptId), fields, t.saved)
      : await change<DepartmentDetail>('POST', '/console/v1/departments', { corpId, deptId, ...fields }, t.saved);
    if (answer) onChanged(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={department ? t.departments.edit : t.departments.add}
      okText={department ? t.save : t.create}
      initial={toInitial(department, parentId)}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="name" label={t.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={64} autoComplete="off" dir="auto" />
      </Form.Item>
      <Form.Item name="parentId" label={t.departments.parent}>
        <Choice source={source} allowClear placeholder={t.departments.atRoot} />
      </Form.Item>
      <Form.Item name="order" label={t.departments.order} extra={t.departments.orderHint}>
        <InputNumber min={0} max={Number.MAX_SAFE_INTEGER} precision={0} className="full" />
      </Form.Item>
      {!department && (
        <Form.Item name="deptId" label={t.departments.deptId} extra={t.departments.deptIdHint}>
          <InputNumber min={2} max={Number.MAX_SAFE_INTEGER} precision={0} className="full" />
        </Form.Item>
      )}
    </FormDialog>
  );
}

/** The values of the form. No selected parent means the root. */
function toInitial(department: DepartmentDetail | undefined, newParentId: number): Partial<Given> {
  const parentId = department?.parentId ?? newParentId;
  const parent = parentId === rootId ? {} : { parentId: String(parentId) };
  return department ? { name: department.name, order: department.order, ...parent } : parent;
}
