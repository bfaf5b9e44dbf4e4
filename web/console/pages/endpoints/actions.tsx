import { App, Button, Form, InputNumber } from 'antd';
import { useState } from 'react';
import type { ConsoleEndpoint, EndpointSecretAnswer, TestAnswer } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { useConfirm } from '../../parts/confirm.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormat } from '../../parts/format.ts';
import { useFormChange } from '../../parts/refusal.tsx';
import { navigate } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { EndpointForm } from './form.tsx';
import { EndpointSecret } from './secret.tsx';
import { endpointCall } from './state.tsx';

type Props = {
  readonly corpId: string;
  readonly endpoint: ConsoleEndpoint;
  readonly onChanged: (endpoint: ConsoleEndpoint) => void;
};

/** The buttons of an endpoint. */
export function EndpointActions(props: Props) {
  const { corpId, endpoint, onChanged } = props;
  const t = useTexts();
  const change = useChange();
  const [open, setOpen] = useState<'edit' | 'replay'>();
  const isOn = endpoint.disabled === 'no';
  const toggle = async () => {
    const call = endpointCall(corpId, endpoint.endpointId);
    const answer = await change<ConsoleEndpoint>('PUT', call, { disabled: isOn }, t.saved);
    if (answer) onChanged(answer);
  };
  return (
    <>
      <Test {...props} />
      <Button onClick={() => setOpen('replay')}>{t.endpoints.replay}</Button>
      <Rotate {...props} />
      <Button onClick={toggle}>{isOn ? t.endpoints.disable : t.endpoints.enable}</Button>
      <Remove {...props} />
      <Button type="primary" onClick={() => setOpen('edit')}>
        {t.edit}
      </Button>
      {open === 'edit' && <EndpointForm {...props} onClose={() => setOpen(undefined)} onSaved={onChanged} />}
      {open === 'replay' && <Replay {...props} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** Sends a test event, and shows what the endpoint has answered. */
function Test({ corpId, endpoint }: Props) {
  const t = useTexts();
  const format = useFormat();
  const { message } = App.useApp();
  const change = useChange();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    const tried = await change<TestAnswer>('POST', endpointCall(corpId, endpoint.endpointId, '/test'), {});
    setBusy(false);
    if (!tried) return;
    const { delivered, status, answer, duration } = tried;
    if (delivered) message.success(t.endpoints.tested(String(status), format.number(duration)));
    else message.error(t.endpoints.testFailed(status === null ? (answer ?? '') : String(status)));
  };
  return (
    <Button loading={isBusy} onClick={run}>
      {t.endpoints.test}
    </Button>
  );
}

function Rotate({ corpId, endpoint, onChanged }: Props) {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const [secret, setSecret] = useState<string>();
  const run = async () => {
    const call = endpointCall(corpId, endpoint.endpointId, '/secret');
    const answer = await change<EndpointSecretAnswer>('POST', call, {}, t.saved);
    if (!answer) return;
    onChanged({ ...endpoint, oldSecretUntil: answer.oldSecretUntil });
    setSecret(answer.secret);
  };
  const ask = () =>
    confirm({ title: t.endpoints.rotateTitle, text: t.endpoints.rotateText, action: t.endpoints.rotate, run });
  return (
    <>
      <Button onClick={ask}>{t.endpoints.rotate}</Button>
      {secret !== undefined && <EndpointSecret secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

function Remove({ corpId, endpoint }: Props) {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const run = async () => {
    const removed = await change('DELETE', endpointCall(corpId, endpoint.endpointId), {}, t.saved);
    if (removed) navigate('/endpoints');
  };
  const ask = () => confirm({ title: t.endpoints.removeTitle, text: t.endpoints.removeText, action: t.remove, run });
  return (
    <Button danger onClick={ask}>
      {t.remove}
    </Button>
  );
}

/** The dialog that sends the events after a number again. */
function Replay({ corpId, endpoint, onChanged, onClose }: Props & { readonly onClose: () => void }) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const submit = async ({ after }: { readonly after: number }) => {
    const call = endpointCall(corpId, endpoint.endpointId, '/replay');
    const answer = await change<ConsoleEndpoint>('POST', call, { after }, t.saved);
    if (answer) onChanged(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<{ readonly after: number }>
      title={t.endpoints.replay}
      okText={t.endpoints.again}
      initial={{ after: endpoint.position }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item
        name="after"
        label={t.endpoints.replayFrom}
        extra={t.endpoints.replayHint}
        rules={[{ required: true, message: t.required }]}
      >
        <InputNumber min={0} max={1e12} precision={0} className="full" />
      </Form.Item>
    </FormDialog>
  );
}
