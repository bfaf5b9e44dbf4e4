import { type ReactNode, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Boundary } from '../../shared/boundary.tsx';
import { SayContext } from '../compose/actions.ts';
import { SayLink } from '../compose/say-link.tsx';
import { sayTextOf } from '../compose/say-links.ts';
import { ImageIcon, LinkIcon } from '../icons.tsx';
import { useSpeech } from '../texts.ts';
import { CardContext } from './card-context.ts';
import {
  type Button,
  type Card,
  type Content,
  contentOf,
  type FeedLink,
  type MessageBody,
  mentionsOf,
  type RichPart,
  splitMentions,
} from './content.ts';
import { pictureUrl, safeUrl, splitLinks } from './markdown/links.ts';
import { Markdown, PlainText } from './markdown/markdown-text.tsx';
import { MediaCard, MediaFile, MediaMessage, MediaPicture, MediaSource, MediaVideo, MediaVoice } from './media.tsx';
import { isMediaId } from './media-url.ts';
import { displayUrl, PictureRule } from './pictures.ts';

type BodyProps = { readonly message: MessageBody; onFold(isFolded: boolean): void };

/**
 * Renders the content of a message by its kind. If that fails, the other messages are not affected. `onFold` is called
 * with whether part of the text is folded.
 */
export function Body({ message, onFold }: BodyProps) {
  return (
    <Boundary fallback={() => <FailedBody message={message} />} resetOn={message}>
      <KnownBody message={message} onFold={onFold} />
    </Boundary>
  );
}

function KnownBody({ message, onFold }: BodyProps) {
  const { t } = useSpeech();
  const content = useMemo(() => contentOf(message), [message]);
  const mentions = useMemo(() => mentionsOf(message), [message]);
  const renderCard = useContext(CardContext);
  if (message.recalled) return <p className="recalled">{t.recalled}</p>;
  const title = content.type === 'card' ? content.title : '';
  return (
    <MediaMessage value={message.messageId}>
      {message.card && renderCard ? (
        renderCard(message.card.cardId, title)
      ) : (
        <Shown content={content} mentions={mentions} onFold={onFold} />
      )}
      {content.type !== 'text' && content.type !== 'rich' && mentions.length > 0 && (
        <p className="mentions" dir="auto">
          {mentions.join(' ')}
        </p>
      )}
    </MediaMessage>
  );
}

type ShownProps = { readonly content: Content; readonly mentions: readonly string[] } & Pick<BodyProps, 'onFold'>;

function Shown({ content, mentions, onFold }: ShownProps) {
  const { t } = useSpeech();
  switch (content.type) {
    case 'text':
      return <Text text={content.text} mentions={mentions} />;
    case 'markdown':
      return (
        <div className="card">
          <Markdown text={content.text} />
        </div>
      );
    case 'image':
      return isMediaId(content.url ?? '') ? (
        <MediaPicture mediaId={content.url ?? ''} />
      ) : (
        <Picture url={content.url} />
      );
    case 'link':
      return <LinkCard content={content} onFold={onFold} />;
    case 'card':
      return <ActionCard content={content} />;
    case 'audio':
      return <MediaVoice mediaId={content.mediaId} length={formatLength(content.seconds)} />;
    case 'video':
      return (
        <MediaVideo mediaId={content.mediaId} pictureId={content.pictureId} length={formatLength(content.seconds)} />
      );
    case 'feed':
      return <Feed links={content.links} />;
    case 'rich':
      return <Rich parts={content.parts} mentions={mentions} />;
    case 'file':
      return <MediaFile mediaId={content.mediaId} name={content.name} kind={content.kind} />;
    default:
      return <p className="bubble">{t.kinds.other}</p>;
  }
}

function Text({ text, mentions }: { readonly text: string; readonly mentions: readonly string[] }) {
  const pieces = useMemo(() => splitMentions(text, mentions), [text, mentions]);
  return (
    <p className="bubble" dir="auto">
      {pieces.map((piece) =>
        piece.isMention ? (
          <b key={piece.at} className="mention">
            {piece.text}
          </b>
        ) : (
          <LinkedText key={piece.at} text={piece.text} />
        ),
      )}
    </p>
  );
}

/** Texts and pictures of one message. */
function Rich({ parts, mentions }: { readonly parts: readonly RichPart[]; readonly mentions: readonly string[] }) {
  return (
    <div className="rich">
      {parts.map(({ number, text, mediaId }) =>
        text === '' ? (
          <MediaPicture key={number} mediaId={mediaId} />
        ) : (
          <Text key={number} text={text} mentions={mentions} />
        ),
      )}
    </div>
  );
}

/** Several links, each with a picture. */
function Feed({ links }: { readonly links: readonly FeedLink[] }) {
  const { t } = useSpeech();
  const isBlocked = useContext(PictureRule) === 'block';
  return links.map(({ number, title, url: given, picture }) => {
    const url = safeUrl(given);
    const inside = (
      <>
        <span className="link-words">
          <b dir="auto">{title}</b>
          <small>{url === undefined ? t.badLink : hostOf(url)}</small>
        </span>
        <LinkPicture url={isBlocked ? undefined : pictureUrl(picture)} />
      </>
    );
    return url === undefined ? (
      <div key={number} className="card link">
        {inside}
      </div>
    ) : (
      <ExternalLink key={number} url={url} className="card link">
        {inside}
      </ExternalLink>
    );
  });
}

/** A plain text, in which web addresses are links. */
export function LinkedText({ text }: { readonly text: string }) {
  const pieces = useMemo(() => splitLinks(text), [text]);
  return pieces.map((piece) =>
    piece.url === undefined ? (
      piece.text
    ) : (
      <ExternalLink key={piece.at} url={piece.url}>
        {piece.text}
      </ExternalLink>
    ),
  );
}

type AwayProps = { readonly url: string; readonly className?: string; readonly children: ReactNode };

/** An external link, which opens in a new tab without a referrer. */
export function ExternalLink({ url, className, children }: AwayProps) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" className={className}>
      {children}
    </a>
  );
}

/** Shown instead of a message that failed to render. */
function FailedBody({ message: { msgParam } }: { readonly message: MessageBody }) {
  const { t } = useSpeech();
  return (
    <div className="card">
      <PlainText text={String(msgParam ?? '')} note={t.messageFailed} />
    </div>
  );
}

export function Picture({ url, alt }: { readonly url: string | undefined; readonly alt?: string }) {
  const { t } = useSpeech();
  const [isGone, setGone] = useState(false);
  const rule = useContext(PictureRule);
  const source = pictureUrl(url);
  if (source !== undefined && rule === 'block') return <BlockedPicture url={source} />;
  if (source === undefined || isGone) {
    return <MediaCard icon={<ImageIcon />} title={t.image} detail={t.imageGone} />;
  }
  const image = (
    <img src={source} alt={alt ?? t.openImage} referrerPolicy="no-referrer" onError={() => setGone(true)} />
  );
  return (
    <ExternalLink url={source} className="picture">
      {image}
    </ExternalLink>
  );
}

/** Shown instead of a picture if the server's policy blocks remote pictures. */
function BlockedPicture({ url }: { readonly url: string }) {
  const { t } = useSpeech();
  return (
    <p className="card">
      <ExternalLink url={url} className="blocked-picture">
        {t.pictureBlocked} <small dir="ltr">{displayUrl(url)}</small>
      </ExternalLink>
    </p>
  );
}

type LinkProps = { readonly content: Extract<Content, { type: 'link' }> } & Pick<BodyProps, 'onFold'>;

function LinkCard({ content, onFold }: LinkProps) {
  const { t } = useSpeech();
  const url = safeUrl(content.url);
  const own = useContext(MediaSource)(useContext(MediaMessage), content.picture ?? '');
  const picture = pictureUrl(content.picture);
  const isBlocked = useContext(PictureRule) === 'block';
  const { text, isFolded, isOpen, open } = useFold(onFold);
  const inside = (
    <>
      <span className="link-words">
        <b dir="auto">{content.title}</b>
        <span ref={text} className={isOpen ? 'link-text' : 'link-text is-folding'} data-foldable="" dir="auto">
          {content.text}
        </span>
        <small>{url === undefined ? t.badLink : hostOf(url)}</small>
      </span>
      <LinkPicture url={own ?? (isBlocked ? undefined : picture)} />
    </>
  );
  return (
    <>
      {url === undefined ? (
        <div className="card link">{inside}</div>
      ) : (
        <ExternalLink url={url} className="card link">
          {inside}
        </ExternalLink>
      )}
      {isBlocked && picture !== undefined && <BlockedPicture url={picture} />}
      {isFolded && (
        <button type="button" className="unfold" onClick={open}>
          {t.showAll}
        </button>
      )}
    </>
  );
}

function LinkPicture({ url }: { readonly url: string | undefined }) {
  const [isGone, setGone] = useState(false);
  if (url !== undefined && !isGone) {
    return <img className="link-picture" src={url} alt="" referrerPolicy="no-referrer" onError={() => setGone(true)} />;
  }
  return (
    <span className="link-picture">
      <LinkIcon />
    </span>
  );
}

/** Truncates a text after a few lines until `open` is called. */
function useFold(onFold: BodyProps['onFold']) {
  const text = useRef<HTMLSpanElement>(null);
  const [isFolded, setFolded] = useState(false);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const element = text.current;
    if (!element) return;
    const measure = () => setFolded(element.scrollHeight > element.clientHeight + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => onFold(isFolded), [isFolded, onFold]);
  // Makes `useScrolling` measure before its ResizeObserver runs. Otherwise a conversation at its end would scroll to
  // the end again, and move the start of the text out of view.
  useLayoutEffect(() => {
    if (isOpen) text.current?.closest('[data-scroller]')?.dispatchEvent(new Event('scroll'));
  }, [isOpen]);
  const open = () => {
    setOpen(true);
    setFolded(false);
  };
  return { text, isFolded, isOpen, open };
}

function hostOf(url: string): string {
  return new URL(url).host || url.replace(/^mailto:/, '');
}

function ActionCard({ content }: { readonly content: Card }) {
  return (
    <div className="card">
      <h3 className="card-title" dir="auto">
        {content.title}
      </h3>
      <Markdown text={content.text} />
      <div className={content.isHorizontal ? 'buttons is-horizontal' : 'buttons'}>
        {content.buttons.map((button) => (
          <CardButton key={button.number} button={button} />
        ))}
      </div>
    </div>
  );
}

export function CardButton({ button: { title, url: given } }: { readonly button: Button }) {
  const { t } = useSpeech();
  const say = useContext(SayContext);
  const url = safeUrl(given);
  const text = sayTextOf(given);
  if (text !== undefined && say) return <SayLink text={text} title={title} say={say} />;
  if (url !== undefined)
    return (
      <ExternalLink url={url}>
        <bdi>{title}</bdi>
      </ExternalLink>
    );
  return (
    <span className="is-off" title={t.badLink}>
      <bdi>{title}</bdi>
      <span className="unseen"> {t.badLink}</span>
    </span>
  );
}

function formatLength(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
