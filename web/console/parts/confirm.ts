import { App } from 'antd';
import { useTexts } from '../texts/use-texts.ts';

type Question = {
  readonly title: string;
  readonly text: string;
  /** The text of the button that runs the action. */
  readonly action: string;
  readonly run: () => Promise<unknown>;
  /** Whether nothing is lost by the action, so that its button does not warn. */
  readonly isSafe?: boolean;
};

/** Returns a function that asks for a confirmation and then runs an action that cannot be undone. */
export function useConfirm(): (question: Question) => void {
  const t = useTexts();
  const { modal } = App.useApp();
  return ({ title, text, action, run, isSafe = false }) => {
    modal.confirm({
      title,
      content: text,
      okText: action,
      okButtonProps: { danger: !isSafe },
      cancelText: t.cancel,
      onOk: run,
    });
  };
}
