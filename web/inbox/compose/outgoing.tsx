import type { Outgoing as Message } from '../state/outbox.ts';
import type { Store } from '../state/store.ts';
import { useSpeech } from '../texts.ts';

/** The messages of a conversation that are on their way to the server. */
export function Outgoing({ messages, store }: { readonly messages: readonly Message[]; readonly store: Store }) {
  const { t } = useSpeech();
  if (messages.length === 0) return null;
  return (
    <ol className="outgoing" aria-label={t.onTheWay}>
      {messages.map((message) => (
        <li key={message.sendId} className="message is-own" data-outgoing="">
          <div className="content">
            <p className="bubble" dir="auto">
              {textOf(message, t.kinds.image)}
            </p>
          </div>
          <Status message={message} store={store} />
        </li>
      ))}
    </ol>
  );
}

function textOf({ body, file, parts }: Message, picture: string): string {
  if (parts) return parts.map((part) => (typeof part === 'string' ? part : picture)).join(' ');
  return body.text?.content ?? file?.data.name ?? '';
}

function Status({ message: { sendId, state, reason }, store }: { readonly message: Message; readonly store: Store }) {
  const { t } = useSpeech();
  if (state !== 'failed') return <p className="meta">{state === 'waiting' ? t.waitingToSend : t.sendingNow}</p>;
  const why = Object.hasOwn(t.sendFailures, reason ?? '') ? t.sendFailures[reason ?? ''] : t.sendFailed;
  return (
    <p className="meta" role="alert">
      <span className="is-unread">{why}</span>
      <button type="button" className="meta-button" onClick={() => store.retry(sendId)}>
        {t.sendAgain}
      </button>
      <button type="button" className="meta-button" onClick={() => store.discard(sendId)}>
        {t.discard}
      </button>
    </p>
  );
}
