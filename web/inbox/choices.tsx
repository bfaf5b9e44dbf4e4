import { useEffect, useRef, useState } from 'react';
import { BellIcon, BlockedIcon, MutedIcon } from './icons.tsx';
import type { Conversation } from './state/state.ts';
import type { Choice } from './state/store.ts';
import { useSpeech } from './texts.ts';

type Props = { readonly conversation: Conversation; onChoose(change: Choice): void };

/**
 * Buttons to mute a conversation (its messages arrive without an announcement) and to block its robot (its messages are
 * refused; asks for confirmation).
 */
export function Choices({ conversation, onChoose }: Props) {
  const { t } = useSpeech();
  const { muted, robot } = conversation;
  return (
    <>
      <button type="button" className="quiet" aria-pressed={muted} onClick={() => onChoose({ muted: !muted })}>
        {muted ? <MutedIcon /> : <BellIcon />}
        <span className="quiet-text">{muted ? t.unmute : t.mute}</span>
      </button>
      {robot && <BlockButton name={conversation.title} robot={robot} onChoose={onChoose} />}
    </>
  );
}

type BlockProps = {
  readonly name: string;
  readonly robot: NonNullable<Conversation['robot']>;
  onChoose(change: Choice): void;
};

function BlockButton({ name, robot: { blocked, unblockable }, onChoose }: BlockProps) {
  const { t } = useSpeech();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        className="quiet"
        aria-pressed={blocked}
        disabled={unblockable && !blocked}
        title={unblockable ? t.unblockable : undefined}
        onClick={() => (blocked ? onChoose({ blocked: false }) : setAsking(true))}
      >
        <BlockedIcon />
        <span className="quiet-text">{blocked ? t.unblock : t.block}</span>
      </button>
      {isAsking && (
        <Confirmation
          name={name}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            onChoose({ blocked: true });
          }}
        />
      )}
    </>
  );
}

type ConfirmationProps = { readonly name: string; onClose(): void; onConfirm(): void };

function Confirmation({ name, onClose, onConfirm }: ConfirmationProps) {
  const { t } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="block-title" onClose={onClose}>
      <h3 id="block-title" dir="auto">
        {t.blockTitle(name)}
      </h3>
      <p>{t.blockText}</p>
      <div className="dialog-buttons">
        <button type="button" className="quiet" onClick={onClose}>
          {t.cancel}
        </button>
        <button type="button" className="primary danger" onClick={onConfirm}>
          {t.block}
        </button>
      </div>
    </dialog>
  );
}
