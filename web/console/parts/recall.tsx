import { RollbackOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ConsoleRight } from '../../../src/client/answers.ts';
import { useChange } from '../data/changes.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useCan } from './allowed.tsx';
import { useConfirm } from './confirm.ts';

type Props<T> = {
  /** The question in the dialog. */
  readonly title: string;
  /** The call that recalls. */
  readonly path: string;
  readonly right: ConsoleRight;
  readonly corpId: string;
  /** Gets the response: the message after its recall. */
  readonly onRecalled: (recalled: T) => void;
};

/** The button that recalls a message, after a confirmation. */
export function Recall<T>({ title, path, right, corpId, onRecalled }: Props<T>) {
  const t = useTexts();
  const can = useCan();
  const confirm = useConfirm();
  const change = useChange();
  const recall = async () => {
    const answer = await change<T>('POST', path, {}, t.message.recalled);
    if (answer) onRecalled(answer);
  };
  const ask = () => confirm({ title, text: t.message.recallText, action: t.message.recall, run: recall });
  if (!can(right, corpId)) return null;
  return (
    <Button danger icon={<RollbackOutlined />} onClick={ask}>
      {t.message.recall}
    </Button>
  );
}
