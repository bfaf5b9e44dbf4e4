import type { AppSecretAnswer } from '../../../src/client/answers.ts';
import { SecretDialog } from '../parts/secret-dialog.tsx';
import { useTexts } from '../texts/use-texts.ts';

/** Shows a new app secret, which cannot be shown again. */
export function Secret({ app, onClose }: { readonly app: AppSecretAnswer; readonly onClose: () => void }) {
  const t = useTexts();
  const values = [
    ['appKey', app.appKey],
    ['appSecret', app.appSecret],
  ] as const;
  return <SecretDialog title={t.apps.secretTitle} text={t.apps.secretText} values={values} onClose={onClose} />;
}
