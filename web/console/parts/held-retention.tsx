import { Alert, App, Button } from 'antd';
import { useEffect } from 'react';
import type { ConsoleStatusAnswer } from '../../../src/client/answers.ts';
import { useChange } from '../data/changes.ts';
import { useLoaded } from '../data/load.ts';
import { useSession } from '../session.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { useFormat } from './format.ts';

/** Milliseconds between two requests for the status. */
const interval = 60_000;

/**
 * A warning on every page while the server has paused retention because its clock may be wrong. An operator can confirm
 * that the clock is right, which lets the server delete old messages again.
 */
export function HeldRetentionBanner() {
  const t = useTexts().heldRetention;
  const { cancel } = useTexts();
  const format = useFormat();
  const { modal } = App.useApp();
  const change = useChange();
  const { has } = useSession();
  const path = has('installation.read') ? '/console/v1/status' : undefined;
  const { data, reload, replace } = useLoaded<ConsoleStatusAnswer>(path);
  useEffect(() => {
    const timer = setInterval(reload, interval);
    return () => clearInterval(timer);
  }, [reload]);
  const held = data?.heldRetention;
  if (!held) return null;
  const confirm = async () => {
    const answer = await change<ConsoleStatusAnswer>('POST', '/console/v1/retention/confirm', {}, t.confirmed);
    if (answer) replace(answer);
    else reload();
  };
  const ask = () =>
    modal.confirm({
      title: t.confirmTitle,
      content: t.confirmText(held.messages, held.total),
      okText: t.confirm,
      okButtonProps: { danger: true },
      cancelText: cancel,
      onOk: confirm,
    });
  return (
    <Alert
      className="spaced"
      type="warning"
      showIcon
      role="alert"
      title={t.title}
      description={t.text(format.exact(held.now), format.exact(held.knownTime), held.messages, held.total)}
      action={
        has('installation.change') && (
          <Button danger onClick={ask}>
            {t.confirm}
          </Button>
        )
      }
    />
  );
}
