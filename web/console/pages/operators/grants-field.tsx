import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Select } from 'antd';
import { useMemo } from 'react';
import type { ConsoleOperator } from '../../../../src/client/answers.ts';
import { organizations, usersOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Role = ConsoleOperator['grants'][number]['role'];

/** A role as the form has it; without an organization it is for all of them. */
export type GivenGrant = { readonly role: Role; readonly corpId?: string; readonly userId?: string };

const roles: readonly Role[] = ['owner', 'operator', 'sender', 'auditor'];

/** The roles of an operator, as fields of a form. */
export function GrantsField() {
  const t = useTexts();
  return (
    <fieldset className="grants">
      <legend>{t.operators.roles}</legend>
      <Form.List name="grants">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <Grant key={key} at={name} onRemove={() => remove(name)} />
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({ role: 'auditor' })}>
              {t.operators.addRole}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}

function Grant({ at, onRemove }: { readonly at: number; readonly onRemove: () => void }) {
  const t = useTexts();
  const form = Form.useFormInstance();
  const role: Role | undefined = Form.useWatch(['grants', at, 'role']);
  const corpId: string | undefined = Form.useWatch(['grants', at, 'corpId']);
  // The user belongs to the organization.
  const clear = (...fields: readonly string[]) => {
    for (const field of fields) form.setFieldValue(['grants', at, field], undefined);
  };
  return (
    <div className="grant">
      <Form.Item name={[at, 'role']} label={t.operators.role} extra={role && t.operators.roleHints[role]}>
        <Select
          options={roles.map((value) => ({ value, label: t.operators.roleNames[value] }))}
          onChange={(next) => next === 'owner' && clear('corpId', 'userId')}
        />
      </Form.Item>
      {role !== 'owner' && (
        <Form.Item name={[at, 'corpId']} label={t.organization}>
          <Choice
            source={organizations}
            allowClear
            placeholder={t.operators.allOrganizations}
            onChange={() => clear('userId')}
          />
        </Form.Item>
      )}
      {role !== 'owner' && corpId && <OwnUser key={corpId} at={at} corpId={corpId} />}
      <Button type="text" icon={<CloseOutlined />} onClick={onRemove}>
        {t.operators.removeRole}
      </Button>
    </div>
  );
}

function OwnUser({ at, corpId }: { readonly at: number; readonly corpId: string }) {
  const t = useTexts();
  const source = useMemo(() => usersOf(corpId), [corpId]);
  return (
    <Form.Item name={[at, 'userId']} label={t.operators.ownUser}>
      <Choice source={source} allowClear />
    </Form.Item>
  );
}
