import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { CloseIcon, FileIcon, ImageIcon, PlayIcon, VoiceIcon } from '../icons.tsx';
import { useSpeech } from '../texts.ts';
import { inboxMediaUrl, type MediaUrl } from './media-url.ts';

/** Where files are loaded from: the inbox's path, or the console's. */
export const MediaSource = createContext<MediaUrl>(inboxMediaUrl);

/** The message that is shown, whose files may be loaded. */
export const MediaMessage = createContext('');

/** A file: not known yet, unknown, or with the type under which it is served. */
type State =
  | { readonly is: 'loading' | 'gone' }
  | { readonly is: 'there'; readonly type: string; readonly size: number };

const gone: State = { is: 'gone' };

/** Looks up a file, without its content. */
function useMedia(mediaId: string): { readonly url: string; readonly state: State } {
  const url = useContext(MediaSource)(useContext(MediaMessage), mediaId);
  const [state, setState] = useState<State>(url === undefined ? gone : { is: 'loading' });
  useEffect(() => {
    if (url === undefined) return setState(gone);
    const stop = new AbortController();
    fetch(url, { method: 'HEAD', signal: stop.signal })
      .then(({ ok, headers }) => {
        if (!ok) return setState(gone);
        const type = headers.get('content-type') ?? '';
        setState({ is: 'there', type, size: Number(headers.get('content-length') ?? 0) });
      })
      .catch(() => stop.signal.aborted || setState(gone));
    return () => stop.abort();
  }, [url]);
  return { url: url ?? '', state };
}

type CardProps = {
  readonly icon: ReactNode;
  readonly title: string;
  readonly detail: string;
  readonly children?: ReactNode;
};

/** A file as an icon with a title and details. */
export function MediaCard({ icon, title, detail, children }: CardProps) {
  return (
    <div className="card media">
      <span className="media-icon">{icon}</span>
      <span className="media-words">
        <b dir="auto">{title}</b>
        <small dir="auto">{detail}</small>
        {children}
      </span>
    </div>
  );
}

function Download({ url, name }: { readonly url: string; readonly name: string }) {
  const { t } = useSpeech();
  return (
    <a href={url} download={name} className="media-download">
      {t.download}
      <span className="unseen"> {name}</span>
    </a>
  );
}

/** An uploaded picture. It opens in a viewer. */
export function MediaPicture({ mediaId }: { readonly mediaId: string }) {
  const { t } = useSpeech();
  const { url, state } = useMedia(mediaId);
  const [isBroken, setBroken] = useState(false);
  const [isOpen, setOpen] = useState(false);
  if (state.is !== 'there' || isBroken || !state.type.startsWith('image/')) {
    const detail = state.is === 'loading' ? '' : t.imageGone;
    return <MediaCard icon={<ImageIcon />} title={t.image} detail={detail} />;
  }
  return (
    <>
      <button type="button" className="picture" onClick={() => setOpen(true)}>
        <img src={url} alt={t.openImage} onError={() => setBroken(true)} />
      </button>
      {isOpen && <Viewer url={url} onClose={() => setOpen(false)} />}
    </>
  );
}

/** A picture on the whole page. Escape closes it, and the focus returns to where it was. */
function Viewer({ url, onClose }: { readonly url: string; onClose(): void }) {
  const { t } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} className="viewer" aria-label={t.image} onClose={onClose}>
      <div className="viewer-bar">
        <a href={url} download="" className="quiet">
          {t.download}
        </a>
        <button type="button" className="quiet" onClick={onClose} aria-label={t.close}>
          <CloseIcon />
        </button>
      </div>
      <img src={url} alt={t.image} />
    </dialog>
  );
}

type PlayerProps = { readonly mediaId: string; readonly length: string };

/** A voice message: a player, or a download for a format that browsers do not play. */
export function MediaVoice({ mediaId, length }: PlayerProps) {
  const { t } = useSpeech();
  const { url, state } = useMedia(mediaId);
  const [isBroken, setBroken] = useState(false);
  if (state.is === 'there' && state.type.startsWith('audio/') && !isBroken) {
    return (
      <div className="card media">
        <audio
          className="player"
          controls
          preload="metadata"
          src={url}
          aria-label={`${t.voice} ${length}`}
          onError={() => setBroken(true)}
        />
      </div>
    );
  }
  return (
    <MediaCard icon={<VoiceIcon />} title={t.voice} detail={describe(length, state, t.mediaGone)}>
      {state.is === 'there' && <Download url={url} name={t.voice} />}
    </MediaCard>
  );
}

/** A video: a player, with a picture until it plays. */
export function MediaVideo({ mediaId, length, pictureId }: PlayerProps & { readonly pictureId: string }) {
  const { t } = useSpeech();
  const { url, state } = useMedia(mediaId);
  const poster = useContext(MediaSource)(useContext(MediaMessage), pictureId);
  const [isBroken, setBroken] = useState(false);
  if (state.is === 'there' && state.type.startsWith('video/') && !isBroken) {
    return (
      <video
        className="picture player"
        controls
        preload="metadata"
        src={url}
        {...(poster === undefined ? {} : { poster })}
        aria-label={`${t.video} ${length}`}
        onError={() => setBroken(true)}
      />
    );
  }
  return (
    <MediaCard icon={<PlayIcon />} title={t.video} detail={describe(length, state, t.mediaGone)}>
      {state.is === 'there' && <Download url={url} name={t.video} />}
    </MediaCard>
  );
}

/** A file to download. */
export function MediaFile({
  mediaId,
  name,
  kind,
}: {
  readonly mediaId: string;
  readonly name: string;
  readonly kind: string;
}) {
  const { t } = useSpeech();
  const { url, state } = useMedia(mediaId);
  const size = state.is === 'there' ? formatSize(state.size) : '';
  const detail = [kind.toUpperCase(), size].filter((part) => part !== '').join(' · ');
  return (
    <MediaCard icon={<FileIcon />} title={name} detail={describe(detail, state, t.mediaGone)}>
      {state.is === 'there' && <Download url={url} name={name} />}
    </MediaCard>
  );
}

function describe(detail: string, state: State, goneText: string): string {
  return [detail, state.is === 'gone' ? goneText : ''].filter((part) => part !== '').join(' · ');
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${Math.round(kibibytes)} KB` : `${(kibibytes / 1024).toFixed(1)} MB`;
}
