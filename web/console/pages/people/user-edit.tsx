import { Form, Input } from 'antd';
import type { ConsolePerson } from '../../../../src/client/answers.ts';
import { itemPath, usersOf } from '../../data/sources.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { DepartmentsField } from './departments-field.tsx';
import { chosenDepartments, type Membership } from './memberships.ts';

type Props = {
  readonly corpId: string;
  /** The user to edit; a new one if absent. */
  readonly user: ConsolePerson | undefined;
  readonly onClose: () => void;
  readonly onChanged: (user: ConsolePerson) => void;
};

const contactFields = ['mobile', 'email', 'jobNumber', 'title'] as const;
type ContactField = (typeof contactFields)[number];

type Given = { readonly userId: string; readonly name: string; readonly departments: readonly Membership[] } & {
  readonly [field in ContactField]: string;
};

/** The dialog that adds a user, or changes what a directory of people knows about one. */
export function UserEdit({ corpId, user, onClose, onChanged }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const initial = toInitial(user);
  const submit = async (given: Given) => {
    const changes = changesOf(initial, given);
    if (user && Object.keys(changes).length === 0) return true;
    const answer = user
      ? await change<ConsolePerson>('PUT', itemPath(usersOf(corpId), user.userId), changes, t.saved)
      : await change<ConsolePerson>('POST', '/console/v1/users', { corpId, userId: given.userId, ...changes }, t.saved);
    if (answer) onChanged(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={user ? t.person.edit : t.users.add}
      okText={user ? t.save : t.create}
      initial={initial}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="userId" label="userId" rules={[{ required: true, message: t.required }]}>
        <Input dir="auto" disabled={user !== undefined} maxLength={128} autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t.users.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
      <div className="halves">
        {contactFields.map((field) => (
          <Form.Item
            key={field}
            name={field}
            label={t.person[field]}
            {...(field === 'mobile' && { extra: t.person.mobileHint })}
          >
            <Input maxLength={254} autoComplete="off" dir="auto" />
          </Form.Item>
        ))}
      </div>
      <Form.Item name="departments" label={t.person.departments} extra={t.person.departmentsHint}>
        <DepartmentsField corpId={corpId} />
      </Form.Item>
    </FormDialog>
  );
}

function toInitial(user: ConsolePerson | undefined): Given {
  const { userId = '', name = '', mobile, email, jobNumber, title, departments = [] } = user ?? {};
  const contact = { mobile: mobile ?? '', email: email ?? '', jobNumber: jobNumber ?? '', title: title ?? '' };
  return { userId, name, ...contact, departments: chosenDepartments(departments) };
}

/** The fields that differ, as the server takes them. The audit log then shows what was changed, and nothing else. */
function changesOf(before: Given, given: Given): Readonly<Record<string, unknown>> {
  const contact = contactFields
    .map((field) => [field, given[field].trim()] as const)
    .filter(([field, value]) => value !== before[field])
    .map(([field, value]) => [field, value || null]);
  const isMoved = JSON.stringify(given.departments) !== JSON.stringify(before.departments);
  return {
    ...(given.name !== before.name && { name: given.name }),
    ...Object.fromEntries(contact),
    ...(isMoved && { departments: given.departments }),
  };
}
