import { App } from 'antd';
import { useTexts } from '../preferences.ts';

type Question = {
  readonly title: string;
  readonly text: string;
  /** The text of the button that runs the action. */
  readonly action: string;
  readonly run: () => Promise<unknown>;
};

/** Returns a function that asks for a confirmation and then runs an action that cannot be undone. */
export function useConfirm(): (question: Question) => void {
  const t = useTexts();
  const { modal } = App.useApp();
  return ({ title, text, action, run }) => {
    modal.confirm({
      title,
      content: text,
      okText: action,
      okButtonProps: { danger: true },
      cancelText: t.cancel,
      onOk: run,
    });
  };
}
