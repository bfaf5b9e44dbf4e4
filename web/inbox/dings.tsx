import { useEffect, useRef, useState } from 'react';
import type { InboxDing } from '../../src/client/answers.ts';
import { Boundary } from '../shared/boundary.tsx';
import type { State } from './state/state.ts';
import type { Store } from './state/store.ts';
import { useSpeech } from './texts.ts';
import { LinkedText } from './thread/message.tsx';
import { EndMark } from './thread/messages.tsx';
import { createViewing, type Viewing } from './thread/viewing.ts';

/** A scrollable element must be focusable, so that it can be scrolled by keyboard. */
const reachable = { tabIndex: 0 };

type Props = { readonly state: State; readonly store: Store };

/** The DINGs on top of the inbox. Each counts as read by the same rule as a message, and stays until it is dismissed. */
export function Dings({ state, store }: Props) {
  const { t } = useSpeech();
  const [viewing] = useState(createViewing);
  const panel = useRef<HTMLElement>(null);
  const { dings, newestDing } = state;
  const dismiss = (dingId: string) => {
    // The button disappears with its DING. The focus moves to the panel, or to the page if this was the last one.
    panel.current?.focus();
    store.dings.dismiss(dingId);
  };
  return (
    <>
      {dings.length > 0 && (
        <section className="dings" data-scroller="" ref={panel} {...reachable} aria-label={t.dings}>
          <ol>
            {dings.map((ding) => (
              <Boundary key={ding.dingId} fallback={() => null}>
                <Ding ding={ding} viewing={viewing} store={store} onDismiss={dismiss} />
              </Boundary>
            ))}
          </ol>
        </section>
      )}
      <div className="unseen" role="alert">
        {newestDing && t.dingArrived(newestDing.robotName, newestDing.content.slice(0, 300))}
      </div>
    </>
  );
}

type DingProps = { readonly ding: InboxDing; readonly viewing: Viewing; readonly store: Store } & {
  onDismiss(dingId: string): void;
};

function Ding({ ding, viewing, store, onDismiss }: DingProps) {
  const { t, brief, exact, time } = useSpeech();
  const content = useRef<HTMLDivElement>(null);
  const { dingId, robotName, channel, sentAt, readAt } = ding;
  const isNew = readAt === null;
  useEffect(() => {
    const element = content.current;
    if (element && isNew) return viewing.watch(dingId, element, (manner) => store.dings.markRead(dingId, manner));
  }, [dingId, isNew, viewing, store]);
  return (
    <li className={isNew ? 'ding is-new' : 'ding'} data-ding={dingId}>
      <div className="ding-content" ref={content}>
        <p className="ding-head">
          <span className="ding-tag">{t.dingTags[channel]}</span>
          <b dir="auto">{robotName}</b>
          <time dateTime={new Date(sentAt).toISOString()} title={exact(sentAt)}>
            {brief(sentAt)}
          </time>
        </p>
        <p className="ding-text" dir="auto">
          <LinkedText text={ding.content} />
        </p>
      </div>
      <EndMark isUnread={isNew} onReach={() => viewing.reachedEnd(dingId)} />
      <p className="ding-foot">
        {isNew ? (
          <span className="is-unread">{t.unreadMark}</span>
        ) : (
          <span title={exact(readAt)}>{t.readAt(time(readAt))}</span>
        )}
        <button type="button" onClick={() => onDismiss(dingId)}>
          {t.dismiss}
          <span className="unseen">{t.dingOf(robotName)}</span>
        </button>
      </p>
    </li>
  );
}
