import { SecretDialog } from '../../parts/secret-dialog.tsx';
import { useTexts } from '../../texts/use-texts.ts';

/** Shows a new secret of an endpoint, which cannot be shown again. */
export function EndpointSecret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const { secretTitle, secretText } = useTexts().endpoints;
  return <SecretDialog title={secretTitle} text={secretText} values={[[secretTitle, secret]]} onClose={onClose} />;
}
