import { Alert, Button, Form } from 'antd';
import { useEffect, useState } from 'react';
import type { ConsoleApp, MessageUrlAnswer, MessageUrlTestAnswer } from '../../../src/client/answers.ts';
import { useUnsaved } from '../../shared/unsaved.ts';
import { useLoaded } from '../data/load.ts';
import { AddressField } from '../parts/address-field.tsx';
import { Allowed, Editable } from '../parts/allowed.tsx';
import { Failure } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Props = {
  readonly app: ConsoleApp;
  /** Changes when the app got a new secret, which the server may keep from then on. */
  readonly secretNumber: number;
};

/** The address to which messages to the robots of an app are posted. */
export function AppMessageUrl({ app: { appKey, corpId }, secretNumber }: Props) {
  const t = useTexts();
  const path = `/console/v1/apps/${encodeURIComponent(appKey)}/messageUrl`;
  const { data, error, reload, replace } = useLoaded<MessageUrlAnswer>(path);
  useEffect(() => {
    if (secretNumber > 0) reload();
  }, [secretNumber, reload]);
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{t.messageUrl.title}</h2>
      </div>
      <p className="soft spaced">{t.messageUrl.hint}</p>
      {error && <Failure error={error} onRetry={reload} />}
      {data && (
        <Editable right="apps.change" corpId={corpId}>
          <Address key={`address ${data.messageUrl}`} {...{ path, corpId }} answer={data} onSaved={replace} />
        </Editable>
      )}
      {data?.messageUrl != null && !data.hasSecret && (
        <Alert className="spaced" type="warning" showIcon title={t.messageUrl.needsSecret} />
      )}
      {data?.messageUrl != null && data.hasSecret && (
        <Allowed right="apps.change" corpId={corpId}>
          <Test key={`test ${data.messageUrl}`} path={path} />
        </Allowed>
      )}
    </section>
  );
}

type AddressProps = {
  readonly path: string;
  readonly corpId: string | null;
  readonly answer: MessageUrlAnswer;
  readonly onSaved: (answer: MessageUrlAnswer) => void;
};

function Address({ path, corpId, answer: { messageUrl }, onSaved }: AddressProps) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const save = async ({ url }: { readonly url: string }) => {
    const answer = await change<MessageUrlAnswer>('PUT', path, { messageUrl: url.trim() || null }, t.saved);
    if (!answer) return;
    setDirty(false);
    onSaved(answer);
  };
  return (
    <Form<{ readonly url: string }>
      layout="vertical"
      initialValues={{ url: messageUrl ?? '' }}
      onFinish={save}
      onValuesChange={() => setDirty(true)}
    >
      {refusal}
      <AddressField label={t.messageUrl.url} hint={t.messageUrl.urlHint} />
      <Allowed right="apps.change" corpId={corpId}>
        <Button htmlType="submit" type="primary" className="spaced" disabled={!isDirty}>
          {t.save}
        </Button>
      </Allowed>
    </Form>
  );
}

/** Sends a test message, and shows what the address has answered. */
function Test({ path }: { readonly path: string }) {
  const t = useTexts();
  const format = useFormat();
  const { change, refusal } = useFormChange();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<MessageUrlTestAnswer>();
  const run = async () => {
    setBusy(true);
    setResult(undefined);
    setResult(await change<MessageUrlTestAnswer>('POST', `${path}/test`, {}));
    setBusy(false);
  };
  const textOf = ({ delivered, status, answer, duration }: MessageUrlTestAnswer) => {
    if (delivered) return t.messageUrl.tested(String(status), format.number(duration));
    return t.messageUrl.testFailed(status === null ? (answer ?? '') : t.messageUrl.status(String(status)));
  };
  return (
    <>
      <Button loading={isBusy} onClick={run} className="spaced">
        {t.messageUrl.test}
      </Button>
      {refusal}
      <div role="status">
        {result && (
          <Alert className="spaced" type={result.delivered ? 'success' : 'error'} showIcon title={textOf(result)} />
        )}
      </div>
    </>
  );
}
