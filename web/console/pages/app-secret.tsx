import { Alert, Button, Modal } from 'antd';
import type { AppSecretAnswer } from '../../../src/client/answers.ts';
import { Code } from '../parts/common.tsx';
import { useRestoreFocus } from '../parts/focus.ts';
import { useTexts } from '../preferences.ts';

/** Shows a new app secret, which cannot be shown again. A click outside the dialog does not close it. */
export function Secret({ app, onClose }: { readonly app: AppSecretAnswer; readonly onClose: () => void }) {
  const t = useTexts();
  useRestoreFocus();
  return (
    <Modal
      open
      title={t.apps.secretTitle}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {t.apps.kept}
        </Button>
      }
    >
      <Alert className="spaced" type="warning" showIcon title={t.apps.secretText} />
      <dl className="facts">
        <div className="wide">
          <dt>appKey</dt>
          <dd>
            <Code name="appKey">{app.appKey}</Code>
          </dd>
        </div>
        <div className="wide">
          <dt>appSecret</dt>
          <dd>
            <Code name="appSecret">{app.appSecret}</Code>
          </dd>
        </div>
      </dl>
    </Modal>
  );
}
