import { SendOutlined } from '@ant-design/icons';
import { Button, Form, type FormInstance } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import type { ComposeAnswer, ComposeCheckAnswer } from '../../../../src/client/answers.ts';
import { useUnsaved } from '../../../shared/unsaved.ts';
import { useSettled } from '../../data/settled.ts';
import { robotsIn, usersOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { Head } from '../../parts/common.tsx';
import { useConfirm } from '../../parts/confirm.ts';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { navigate } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { MessageContent } from '../message-content.tsx';
import { ContentFields } from './content-fields.tsx';
import { kinds, toMsgParam, type Uploaded, type Values } from './kinds.ts';
import { RecipientsField } from './recipients-field.tsx';
import { isSimple, Result } from './result.tsx';
import { type Composed, type Recipients, useSend } from './use-send.ts';

/** Writes a message of a robot, shows it as recipients will see it, and sends it. */
export default function Compose() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.compose}>{(corpId) => <ComposeIn corpId={corpId} />}</CorpNeeded>;
}

function ComposeIn({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const [answer, setAnswer] = useState<ComposeAnswer>();
  return (
    <>
      <Head title={t.pages.compose} hint={t.compose.hint} />
      {answer ? (
        <Result answer={answer} onAnother={() => setAnswer(undefined)} />
      ) : (
        <Draft corpId={corpId} onSent={setAnswer} />
      )}
    </>
  );
}

/** What the fields of the page contain. */
type Given = {
  readonly robotCode?: string;
  readonly audience: 'users' | 'group';
  readonly userIds?: readonly string[];
  readonly deptIds?: readonly string[];
  readonly openConversationId?: string;
  readonly msgKey: string;
  readonly values?: Values;
  /** The uploaded file of each kind that has one. */
  readonly files?: Readonly<Record<string, Uploaded | undefined>>;
};

const initial: Given = { audience: 'users', msgKey: 'sampleText' };

type DraftProps = { readonly corpId: string; readonly onSent: (answer: ComposeAnswer) => void };

function Draft({ corpId, onSent }: DraftProps) {
  const t = useTexts();
  const [form] = Form.useForm<Given>();
  const given = { ...initial, ...(Form.useWatch([], { form, preserve: true }) as Given | undefined) };
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const robots = useMemo(() => robotsIn(corpId), [corpId]);
  const { submit, busy, refusal } = useSubmit(corpId, onSent);
  return (
    <div className="halves">
      <Form<Given>
        form={form}
        className="box"
        layout="vertical"
        requiredMark={false}
        initialValues={initial}
        scrollToFirstError={{ focus: true }}
        onValuesChange={() => setDirty(true)}
        onFinish={() => submit(form.getFieldsValue(true) as Given)}
      >
        <Form.Item name="robotCode" label={t.compose.robot} rules={[{ required: true, message: t.required }]}>
          <Choice source={robots} />
        </Form.Item>
        <RecipientsField corpId={corpId} audience={given.audience} />
        <ContentFields corpId={corpId} msgKey={given.msgKey} />
        {refusal}
        <Button type="primary" htmlType="submit" icon={<SendOutlined />} loading={busy}>
          {t.compose.send}
        </Button>
      </Form>
      <div className="preview">
        <Preview corpId={corpId} given={given} />
        <Test corpId={corpId} form={form} />
      </div>
    </div>
  );
}

/** Returns a function that checks a message, asks whether to send it to so many users, and sends it. */
function useSubmit(corpId: string, onSent: DraftProps['onSent']) {
  const t = useTexts();
  const confirm = useConfirm();
  const { send, change, refusal } = useSend();
  const [busy, setBusy] = useState(false);
  const submit = async (given: Given) => {
    const message = toMessage(corpId, given, toRecipients(given));
    if (!message) return;
    setBusy(true);
    const checked = await change<ComposeCheckAnswer>('POST', '/console/v1/messages/check', message);
    setBusy(false);
    if (!checked) return;
    const { recipientCount, messageCount, invalidUserIds } = checked;
    const run = async () => {
      const answer = await send(message, t.compose.sent);
      const [only] = answer?.messages ?? [];
      if (answer && only && isSimple(answer)) navigate(`/messages/${encodeURIComponent(only.messageId)}`);
      else if (answer) onSent(answer);
    };
    const text = t.compose.sendText(recipientCount, messageCount, invalidUserIds.length);
    confirm({ title: t.compose.sendTitle, text, action: t.compose.send, isSafe: true, run });
  };
  return { submit, busy, refusal };
}

function toRecipients({ audience, userIds = [], deptIds = [], openConversationId = '' }: Given): Recipients {
  if (audience === 'group') return { openConversationId };
  return { userIds, ...(deptIds.length > 0 && { deptIds: deptIds.map(Number) }) };
}

/** Returns the message that the fields describe; undefined if a part of it is missing. */
function toMessage(corpId: string, given: Given, recipients: Recipients): Composed | undefined {
  const { robotCode, msgKey } = given;
  const msgParam = paramOf(given);
  return robotCode && msgParam ? { corpId, robotCode, ...recipients, msgKey, msgParam } : undefined;
}

const paramOf = ({ msgKey, values = {}, files }: Given) => toMsgParam(msgKey, values, files?.[msgKey]);

function Preview({ corpId, given }: { readonly corpId: string; readonly given: Given }) {
  const t = useTexts();
  const { msgKey } = given;
  const settled = useSettled(JSON.stringify([msgKey, paramOf(given) ?? null]));
  const message = useMemo(() => {
    const [msgKey, msgParam] = JSON.parse(settled) as readonly [string, string | null];
    return { corpId, messageId: '', msgKey, msgParam, recalledAt: null };
  }, [corpId, settled]);
  return (
    <section className="box">
      <h2>{t.compose.preview}</h2>
      {message.msgParam === null ? (
        <p className="soft">{t.compose.nothing}</p>
      ) : (
        <MessageContent key={message.msgKey} message={message} />
      )}
    </section>
  );
}

/** Sends the message as it is to one user. */
function Test({ corpId, form }: { readonly corpId: string; readonly form: FormInstance<Given> }): ReactNode {
  const t = useTexts();
  const { send, refusal } = useSend();
  const [userId, setUserId] = useState<string>();
  const [busy, setBusy] = useState(false);
  const users = useMemo(() => usersOf(corpId), [corpId]);
  const test = async () => {
    const { msgKey } = form.getFieldsValue(true) as Given;
    // Those that have no value yet, too.
    const content = (kinds[msgKey]?.fields ?? []).map(({ name }) => ['values', name]);
    const names = ['robotCode', ...content, ['files', msgKey]] as const;
    if (
      !(await form.validateFields(names as never).then(
        () => true,
        () => false,
      ))
    )
      return;
    const message = toMessage(corpId, form.getFieldsValue(true) as Given, { userIds: [userId ?? ''] });
    if (!message) return;
    setBusy(true);
    await send(message, t.compose.testSent);
    setBusy(false);
  };
  return (
    <section className="box">
      <h2>{t.compose.test}</h2>
      <p>{t.compose.testHint}</p>
      {refusal}
      <div className="test-send">
        <Choice
          source={users}
          value={userId}
          aria-label={t.compose.testTo}
          placeholder={t.compose.testTo}
          onChange={setUserId}
        />
        <Button disabled={userId === undefined} loading={busy} onClick={test}>
          {t.compose.test}
        </Button>
      </div>
    </section>
  );
}
