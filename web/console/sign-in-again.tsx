import { Modal } from 'antd';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { useTexts } from './preferences.ts';
import { TokenForm } from './sign-in.tsx';

/** Above everything that is open: whoever signs in again goes on where the session ended. */
const above = 2000;

/** Covers the page when its session has ended, and leaves it as it is. */
export function SignInAgain({ onSession }: { readonly onSession: (session: ConsoleSessionAnswer) => void }) {
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
