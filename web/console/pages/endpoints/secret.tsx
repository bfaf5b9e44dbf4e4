import { Alert, Button, Modal } from 'antd';
import { Code } from '../../parts/common.tsx';
import { useRestoreFocus } from '../../parts/focus.ts';
import { useTexts } from '../../preferences.ts';

/** Shows a new secret, which cannot be shown again. A click outside the dialog does not close it. */
export function EndpointSecret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const t = useTexts();
  useRestoreFocus();
  return (
    <Modal
      open
      title={t.endpoints.secretTitle}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {t.apps.kept}
        </Button>
      }
    >
      <Alert className="spaced" type="warning" showIcon title={t.endpoints.secretText} />
      <Code name={t.endpoints.secretTitle}>{secret}</Code>
    </Modal>
  );
}
