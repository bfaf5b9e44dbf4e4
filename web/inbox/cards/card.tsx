import { useSyncExternalStore } from 'react';
import type { Cards } from '../state/cards.ts';
import { type CardSource, createCardSource } from './source.ts';
import { CardView, useCardTexts } from './view.tsx';

type Props = {
  readonly cardId: string;
  /** The title of the card when it was delivered, which is shown until the card is loaded. */
  readonly title: string;
  readonly cards: Cards;
};

/** The sources of cards that were shown, so that a card has its height at once when it is shown again. */
const sources = new WeakMap<Cards, Map<string, CardSource>>();

function sourceOf(cards: Cards, cardId: string): CardSource {
  const all = sources.get(cards) ?? new Map<string, CardSource>();
  sources.set(cards, all);
  const source = all.get(cardId) ?? createCardSource(cardId, cards);
  all.set(cardId, source);
  return source;
}

/** The card of a message in the inbox. */
export default function InboxCard({ cardId, title, cards }: Props) {
  const c = useCardTexts();
  const source = sourceOf(cards, cardId);
  const { card, failure, click } = useSyncExternalStore(source.subscribe, source.state);
  if (card) return <CardView card={card} click={click} onClick={source.click} />;
  return (
    <div className="card" data-loading={failure === 'gone' ? undefined : ''}>
      {title !== '' && (
        <h3 className="card-title" dir="auto">
          {title}
        </h3>
      )}
      <p className="hint" role={failure && 'status'}>
        {failure ? c[failure] : '…'}
      </p>
    </div>
  );
}
