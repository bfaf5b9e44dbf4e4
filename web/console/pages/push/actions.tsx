import { Button } from 'antd';
import { useState } from 'react';
import type { PushAnswer } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { useConfirm } from '../../parts/confirm.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { pushCall } from './call.ts';
import { PushForm } from './form.tsx';

type Props = {
  readonly appKey: string;
  /** The organization of the app. */
  readonly corpId: string | null;
  readonly push: PushAnswer;
  readonly onSaved: (push: PushAnswer) => void;
  readonly onRemoved: () => void;
};

/** The buttons that set, change and delete the address of an app's pushes. */
export function PushActions({ appKey, corpId, push, onSaved, onRemoved }: Props) {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const [isOpen, setOpen] = useState(false);
  const remove = async () => {
    if (await change('DELETE', pushCall(appKey), {}, t.saved)) onRemoved();
  };
  const ask = () => confirm({ title: t.push.removeTitle, text: t.push.removeText, action: t.remove, run: remove });
  return (
    <Allowed right="apps.change" corpId={corpId}>
      <Button onClick={() => setOpen(true)}>{push.url === null ? t.push.set : t.push.edit}</Button>
      {push.url !== null && (
        <Button danger onClick={ask}>
          {t.remove}
        </Button>
      )}
      {isOpen && <PushForm appKey={appKey} push={push} onClose={() => setOpen(false)} onSaved={onSaved} />}
    </Allowed>
  );
}
