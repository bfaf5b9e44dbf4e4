import { Modal } from 'antd';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { OidcWay, TokenForm } from './sign-in.tsx';
import { useTexts } from './texts/use-texts.ts';

/** The z-index, above all open dialogs and drawers. */
const above = 2000;

/**
 * Covers the page when its session has ended. The page below stays mounted, so operators continue there after the
 * sign-in.
 */
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
      <OidcWay />
    </Modal>
  );
}
