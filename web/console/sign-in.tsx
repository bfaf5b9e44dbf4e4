import { LockOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';
import icon from '../shared/icon.svg';
import { wordsOf } from './parts/common.tsx';
import { Switches } from './parts/switches.tsx';
import { useTexts } from './preferences.ts';

type Given = { readonly adminToken: string };

type SignInProps = { readonly onSession: (session: ConsoleSessionAnswer) => void };

/** Asks for the admin token, which becomes a session. */
export function SignIn({ hasEnded, onSession }: SignInProps & { readonly hasEnded: boolean }) {
  const t = useTexts();
  return (
    <div className="sign-in">
      <div className="sign-in-switches">
        <Switches />
      </div>
      <main className="sign-in-card">
        <img src={icon} alt="" width={48} height={48} />
        <h1>{t.consoleTitle}</h1>
        <p>{t.consoleSubtitle}</p>
        {hasEnded && <Alert className="spaced" type="warning" showIcon title={t.signedOut} role="alert" />}
        <TokenForm onSession={onSession} />
      </main>
    </div>
  );
}

/** Above everything that is open: whoever signs in again goes on where the session ended. */
const above = 2000;

/** Covers the page when its session has ended, and leaves it as it is. */
export function SignInAgain({ onSession }: SignInProps) {
  const t = useTexts();
  return (
    <Modal
      open
      centered
      title={t.signedOut}
      footer={null}
      closable={false}
      keyboard={false}
      zIndex={above}
      mask={{ closable: false }}
      styles={{ mask: { background: 'var(--ground)' } }}
    >
      <p className="spaced soft">{t.signedOutHint}</p>
      <TokenForm onSession={onSession} />
    </Modal>
  );
}

function TokenForm({ onSession }: SignInProps) {
  const t = useTexts();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async ({ adminToken }: Given) => {
    setBusy(true);
    setWrong('');
    try {
      onSession(
        await call<ConsoleSessionAnswer>('POST', '/console/v1/sessions', { body: { adminToken: adminToken.trim() } }),
      );
    } catch (error) {
      const isRefused = error instanceof CallError && (error.status === 401 || error.status === 400);
      setWrong(isRefused ? t.wrongToken : wordsOf(error as Error, t));
      setBusy(false);
    }
  };
  return (
    <Form<Given> layout="vertical" onFinish={submit} requiredMark={false}>
      <Form.Item
        name="adminToken"
        label={t.adminToken}
        extra={<Hint />}
        rules={[{ required: true, message: t.required }]}
      >
        <Input.Password prefix={<LockOutlined />} size="large" autoComplete="current-password" autoFocus />
      </Form.Item>
      {wrong && <Alert className="spaced" type="error" showIcon title={wrong} role="alert" />}
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t.signIn}
      </Button>
    </Form>
  );
}

const flag = 'HUIZHI_ADMIN_TOKEN';

/** The name of the option stays in one piece. */
function Hint() {
  const [before, after] = useTexts().adminTokenHint.split(flag);
  return (
    <>
      {before}
      <span className="number">{flag}</span>
      {after}
    </>
  );
}
