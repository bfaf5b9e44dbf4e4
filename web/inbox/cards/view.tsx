import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { InboxCard } from '../../../src/client/answers.ts';
import { useSpeech } from '../texts.ts';
import { toOneLine } from '../thread/content.ts';
import { toPlainText } from '../thread/markdown/markdown-plain.ts';
import { Markdown } from '../thread/markdown/markdown-text.tsx';
import { MediaPicture } from '../thread/media.tsx';
import { isMediaId } from '../thread/media-url.ts';
import { CardButton, Picture } from '../thread/message.tsx';
import { usePacedText } from './pace.ts';
import { patchContent } from './patch.ts';
import type { Click } from './source.ts';
import { cardTextsOf } from './texts.ts';
import './card.css';

type Content = Pick<InboxCard, 'title' | 'markdown' | 'pictures' | 'buttons' | 'streaming'>;

type Props = {
  readonly card: Content;
  /** The last click of the reader. */
  readonly click?: Click | undefined;
  /** Clicks a button; undefined where the buttons only show what people see. */
  readonly onClick?: ((actionId: string) => void) | undefined;
};

/** The texts of cards in the selected language. */
export const useCardTexts = () => cardTextsOf[useSpeech().language];

/** A card: title, Markdown, pictures and buttons. */
export function CardView({ card, click, onClick }: Props) {
  const c = useCardTexts();
  const { title, markdown, pictures, buttons, streaming } = card;
  const { box, onFocus, onBlur } = useKeptFocus();
  const isGrowing = streaming === 'growing';
  const text = usePacedText(markdown, isGrowing);
  return (
    <article
      {...{ ref: box, tabIndex: -1, className: 'card interactive', onFocus, onBlur }}
      aria-label={title || c.card}
      data-streaming={streaming}
    >
      {title !== '' && (
        <h3 className="card-title" dir="auto">
          {title}
        </h3>
      )}
      {text !== '' && <Markdown text={text} place={patchContent} />}
      {[...new Set(pictures)].map((picture) => (
        <CardPicture key={picture} picture={picture} />
      ))}
      {isGrowing && <p className="card-growing">{c.growing}</p>}
      {streaming === 'failed' && <p className="card-failed">{c.failed}</p>}
      <Announcement card={card} />
      {buttons.length > 0 && <Buttons buttons={buttons} click={click} onClick={onClick} />}
    </article>
  );
}

function CardPicture({ picture }: { readonly picture: string }) {
  return isMediaId(picture) ? <MediaPicture mediaId={picture} /> : <Picture url={picture} />;
}

/**
 * Announces to screen readers once that a text is complete or was interrupted. While it grows, its pieces are not read out.
 */
function Announcement({ card: { streaming, markdown } }: { readonly card: Content }) {
  const c = useCardTexts();
  const [text, setText] = useState('');
  const before = useRef(streaming);
  useEffect(() => {
    const was = before.current;
    before.current = streaming;
    if (was === streaming) return;
    if (streaming === 'growing') setText(c.growing);
    else if (streaming === 'failed') setText(c.failed);
    else if (was === 'growing') setText(c.finishedAs(toOneLine(toPlainText(markdown))));
  }, [streaming, markdown, c]);
  return (
    <p className="unseen" role="status">
      {text}
    </p>
  );
}

type ButtonsProps = { readonly buttons: Content['buttons'] } & Pick<Props, 'click' | 'onClick'>;

function Buttons({ buttons, click, onClick }: ButtonsProps) {
  const c = useCardTexts();
  const hasFailed = click !== undefined && click.is !== 'pending' && click.is !== 'done';
  return (
    <>
      <div className="buttons">
        {withKeys(buttons).map(({ key, button }, index) =>
          button.url === null ? (
            <ActionButton key={key} button={button} click={click} onClick={onClick} />
          ) : (
            <CardButton key={key} button={{ number: index, title: button.text, url: button.url }} />
          ),
        )}
      </div>
      <p className={hasFailed ? 'card-outcome is-bad' : 'card-outcome'} role="status">
        {click && c.outcomes[click.is]}
      </p>
    </>
  );
}

/** A button keeps its key when others before it are removed. Several may have the same actionId. */
function withKeys(buttons: Content['buttons']) {
  return buttons.map((button, index) => {
    const before = buttons.slice(0, index).filter(({ actionId }) => actionId === button.actionId);
    return { key: `${button.actionId} ${before.length}`, button };
  });
}

type ButtonProps = { readonly button: Content['buttons'][number] } & Pick<Props, 'click' | 'onClick'>;

/** A button that stays focusable while it waits and while it is off, so that the focus is not lost. */
function ActionButton({ button: { actionId, text, disabled }, click, onClick }: ButtonProps): ReactNode {
  const isPending = click?.is === 'pending';
  const isOff = disabled || isPending || onClick === undefined;
  return (
    <button
      type="button"
      className={isPending && click.actionId === actionId ? 'card-button is-pending' : 'card-button'}
      aria-disabled={isOff}
      onClick={() => isOff || onClick(actionId)}
    >
      <bdi>{text}</bdi>
    </button>
  );
}

/** Moves the focus to the card if the element that had it is removed by a change, such as a button after its click. */
function useKeptFocus() {
  const box = useRef<HTMLElement>(null);
  const focused = useRef<Element>(undefined);
  useLayoutEffect(() => {
    if (!focused.current || focused.current.isConnected) return;
    focused.current = undefined;
    if (document.activeElement === document.body) box.current?.focus({ preventScroll: true });
  });
  return {
    box,
    onFocus: ({ target }: { readonly target: Element }) => {
      focused.current = target;
    },
    onBlur: () => {
      if (focused.current?.isConnected) focused.current = undefined;
    },
  };
}
