import { SecretDialog } from '../../parts/secret-dialog.tsx';
import { useTexts } from '../../texts/use-texts.ts';

/** The new token or secret of a custom robot, or both. */
export type NewCredentials = { readonly token?: string; readonly secret?: string | null };

/** Shows the address with the new token of a custom robot, and its new secret. Neither can be shown again. */
export function Credentials({ of, onClose }: { readonly of: NewCredentials; readonly onClose: () => void }) {
  const t = useTexts();
  const { token, secret } = of;
  const values = [
    ...(token ? [[t.customRobots.webhook, webhookOf(token)] as const, [t.customRobots.token, token] as const] : []),
    ...(secret ? [[t.customRobots.secret, secret] as const] : []),
  ];
  const { shownTitle, shownText } = t.customRobots;
  return <SecretDialog title={shownTitle} text={shownText} values={values} onClose={onClose} />;
}

const webhookOf = (token: string) => `${location.origin}/robot/send?${new URLSearchParams({ access_token: token })}`;
