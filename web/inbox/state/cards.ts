import type { InboxCardEvent } from '../../../src/client/answers.ts';

/** Called when a card may have changed, with its revision; or with undefined if changes may have been missed. */
export type OnCardHint = (revision: number | undefined) => void;

/** Passes the hints of the server to the cards that are shown. The cards load themselves, see `cards/source.ts`. */
export type Cards = {
  changed(news: InboxCardEvent): void;
  /** The event stream was interrupted. Changes of cards are not repeated after that. */
  missed(): void;
  /** Calls `onHint` when a card may have changed. Returns a function that stops this. */
  follow(cardId: string, onHint: OnCardHint): () => void;
  /** Reports that the session has ended. */
  signedOut(): void;
};

export function createCards(signedOut: () => void): Cards {
  const followers = new Set<{ readonly cardId: string; readonly onHint: OnCardHint }>();
  return {
    changed({ cardId, revision }) {
      for (const one of followers) if (one.cardId === cardId) one.onHint(revision);
    },
    missed() {
      for (const { onHint } of followers) onHint(undefined);
    },
    follow(cardId, onHint) {
      const follower = { cardId, onHint };
      followers.add(follower);
      return () => void followers.delete(follower);
    },
    signedOut,
  };
}
