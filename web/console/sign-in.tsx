import { LockOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';
import icon from '../shared/icon.svg';
import { Switches } from './parts/switches.tsx';
import { useTexts } from './preferences.ts';

type Given = { readonly adminToken: string };

/** Asks for the admin token, which becomes a session. */
export function SignIn({ onSession }: { readonly onSession: (session: ConsoleSessionAnswer) => Promise<void> }) {
  const t = useTexts();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async ({ adminToken }: Given) => {
    setBusy(true);
    setWrong('');
    try {
      await onSession(
        await call<ConsoleSessionAnswer>('POST', '/console/v1/sessions', { body: { adminToken: adminToken.trim() } }),
      );
    } catch (error) {
      const isRefused = error instanceof CallError && (error.status === 401 || error.status === 400);
      setWrong(isRefused ? t.wrongToken : (error as Error).message);
      setBusy(false);
    }
  };
  return (
    <div className="sign-in">
      <div className="sign-in-switches">
        <Switches />
      </div>
      <main className="sign-in-card">
        <img src={icon} alt="" width={48} height={48} />
        <h1>{t.consoleTitle}</h1>
        <p>{t.consoleSubtitle}</p>
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
      </main>
    </div>
  );
}

const flag = '--admin-token';

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
