import { Checkbox } from 'antd';
import { useMemo } from 'react';
import { departmentsOf } from '../../data/sources.ts';
import { ManyChoice } from '../../parts/choices/many-choice.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import type { Membership } from './memberships.ts';

type Props = {
  readonly corpId: string;
  readonly id?: string;
  readonly value?: readonly Membership[];
  readonly onChange?: (departments: readonly Membership[]) => void;
};

/** The departments of a user, and of which of them the user is a manager. A control of a form. */
export function DepartmentsField({ corpId, id, value = [], onChange }: Props) {
  const t = useTexts();
  const source = useMemo(() => departmentsOf(corpId), [corpId]);
  const find = (code: string) => value.find(({ deptId }) => String(deptId) === code);
  const setManager = (code: string, manager: boolean) =>
    onChange?.(value.map((one) => (String(one.deptId) === code ? { ...one, manager } : one)));
  return (
    <ManyChoice
      source={source}
      label={t.person.addTo}
      {...(id && { id })}
      value={value.map(({ deptId }) => String(deptId))}
      onChange={(codes) =>
        onChange?.(codes.map((code) => find(code) ?? { deptId: Number(code), order: 0, manager: false }))
      }
      controls={(code) => (
        <Checkbox checked={find(code)?.manager ?? false} onChange={({ target }) => setManager(code, target.checked)}>
          {t.departments.manager}
        </Checkbox>
      )}
    />
  );
}
