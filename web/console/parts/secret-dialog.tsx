import { Alert, Button, Modal } from 'antd';
import { useTexts } from '../texts/use-texts.ts';
import { Code } from './common.tsx';
import { useRestoreFocus } from './focus.ts';

type Props = {
  readonly title: string;
  /** Says that the values are shown once. */
  readonly text: string;
  /** Names and values. */
  readonly values: readonly (readonly [name: string, value: string])[];
  readonly onClose: () => void;
};

/** Shows new credentials, which cannot be shown again. A click outside the dialog does not close it. */
export function SecretDialog({ title, text, values, onClose }: Props) {
  const t = useTexts();
  useRestoreFocus();
  return (
    <Modal
      open
      title={title}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {t.apps.kept}
        </Button>
      }
    >
      <Alert className="spaced" type="warning" showIcon title={text} />
      <dl className="facts">
        {values.map(([name, value]) => (
          <div key={name} className="wide">
            <dt>{name}</dt>
            <dd>
              <Code name={name}>{value}</Code>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
