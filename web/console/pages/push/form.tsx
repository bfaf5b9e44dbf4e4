import { Button, Checkbox, Form, type FormRule, Input, Space } from 'antd';
import type { PushAnswer } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { AddressField } from '../../parts/address-field.tsx';
import { appEvents, EventName } from '../../parts/app-event.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { generateAesKey } from './aes-key.ts';
import { pushCall } from './call.ts';

type Type = PushAnswer['types'][number];
type Given = {
  readonly url: string;
  readonly token?: string;
  readonly aesKey?: string;
  readonly types: readonly Type[];
};

type Props = {
  readonly appKey: string;
  readonly push: PushAnswer;
  readonly onClose: () => void;
  readonly onSaved: (push: PushAnswer) => void;
};

/** The dialog that sets or changes the address, the keys and the types of events of a push. */
export function PushForm({ appKey, push, onClose, onSaved }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const isNew = push.url === null;
  const submit = async ({ url, types, token, aesKey }: Given) => {
    const body = { url: url.trim(), types, ...((token || aesKey) && { token, aesKey }) };
    const answer = await change<PushAnswer>('PUT', pushCall(appKey), body, t.saved);
    if (answer) onSaved(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={isNew ? t.push.set : t.push.edit}
      okText={t.save}
      initial={{ url: push.url ?? '', types: isNew ? ['robot_msg_read', 'robot_msg_recall'] : push.types }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <AddressField label={t.push.url} hint={t.push.urlHint} isRequired />
      <Keys appKey={appKey} isNew={isNew} />
      <Types push={push} />
    </FormDialog>
  );
}

/** The keys: both or, if there are some already, none. */
function Keys({ appKey, isNew }: { readonly appKey: string; readonly isNew: boolean }) {
  const t = useTexts();
  const neededWith =
    (other: 'token' | 'aesKey'): FormRule =>
    ({ getFieldValue }) => ({ required: isNew || Boolean(getFieldValue(other)), message: t.required });
  const tokenRule = { pattern: /^[\x20-\x7e]{6,63}$/, message: t.push.tokenRule };
  const aesKeyRule = { pattern: /^[A-Za-z\d]{43}$/, message: t.push.aesKeyRule };
  return (
    <>
      {!isNew && <p className="soft">{t.push.keysKept}</p>}
      <p className="soft">{t.push.keysHint}</p>
      <p className="soft spaced">{t.push.ownerHint(isolate(appKey))}</p>
      <Form.Item
        name="token"
        label={t.push.token}
        extra={t.push.tokenRule}
        dependencies={['aesKey']}
        rules={[neededWith('aesKey'), tokenRule]}
      >
        <Input maxLength={63} autoComplete="off" dir="ltr" spellCheck={false} />
      </Form.Item>
      <Form.Item
        name="aesKey"
        label={t.push.aesKey}
        extra={t.push.aesKeyRule}
        dependencies={['token']}
        rules={[neededWith('token'), aesKeyRule]}
      >
        <AesKeyInput />
      </Form.Item>
    </>
  );
}

/** What `Form.Item` passes to its control. */
type Control = { readonly id?: string; readonly value?: string; readonly onChange?: (value: string) => void };

function AesKeyInput({ value = '', onChange, ...control }: Control) {
  const t = useTexts();
  return (
    <Space.Compact block>
      <Input
        {...control}
        value={value}
        onChange={(event) => onChange?.(event.target.value)}
        maxLength={43}
        autoComplete="off"
        dir="ltr"
        spellCheck={false}
      />
      <Button onClick={() => onChange?.(generateAesKey())}>{t.push.generate}</Button>
    </Space.Compact>
  );
}

/** The types of events. Those that huizhi never sends are offered only if the app has chosen them itself. */
function Types({ push }: { readonly push: PushAnswer }) {
  const t = useTexts();
  const offered = new Set<Type>([...appEvents, ...push.types]);
  return (
    <Form.Item name="types" label={t.push.types} rules={[{ type: 'array', min: 1, message: t.required }]}>
      <Checkbox.Group
        aria-label={t.push.types}
        options={[...offered].map((value) => ({ value, label: <EventName type={value} /> }))}
      />
    </Form.Item>
  );
}
