import { Form, Input, Select } from 'antd';
import type { ConsoleEndpoint, NewEndpoint } from '../../../../src/client/answers.ts';
import { AddressField } from '../../parts/address-field.tsx';
import { endpointEvents } from '../../parts/app-event.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { endpointCall } from './state.tsx';

type Type = NonNullable<ConsoleEndpoint['types']>[number];
type Given = { readonly url: string; readonly description: string; readonly types: readonly Type[] };

type Props = {
  readonly corpId: string;
  /** The endpoint to change; a new one is created without it. */
  readonly endpoint?: ConsoleEndpoint;
  readonly onClose: () => void;
  readonly onSaved: (endpoint: ConsoleEndpoint | NewEndpoint) => void;
};

/** The dialog that creates or changes an endpoint. */
export function EndpointForm({ corpId, endpoint, onClose, onSaved }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const submit = async ({ types: chosen, ...given }: Given) => {
    const body = { ...given, types: chosen.length === 0 ? null : chosen };
    const answer = endpoint
      ? await change<ConsoleEndpoint>('PUT', endpointCall(corpId, endpoint.endpointId), body, t.saved)
      : await change<NewEndpoint>('POST', '/console/v1/endpoints', { corpId, ...body }, t.saved);
    if (answer) onSaved(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={endpoint ? t.endpoints.edit : t.endpoints.add}
      okText={endpoint ? t.save : t.create}
      initial={{
        url: endpoint?.url ?? '',
        description: endpoint?.description ?? '',
        types: endpoint?.types ?? [],
      }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <AddressField label={t.endpoints.url} hint={t.endpoints.urlHint} isRequired />
      <Form.Item name="types" label={t.endpoints.types} extra={t.endpoints.typesHint}>
        <Select mode="multiple" options={endpointEvents.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item name="description" label={t.endpoints.description}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
    </FormDialog>
  );
}
