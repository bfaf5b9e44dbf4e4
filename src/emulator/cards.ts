import type { Composed } from '../compose.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import type { CallControl } from './call-control.ts';
import type { Card, CardClick, CardCondition, CardOptions, EmulatorCards } from './card-types.ts';
import { EmulatorError } from './error.ts';
import { waitUntil } from './waits.ts';

const optionNames = ['corpId', 'appKey', 'userId'];

/** Creates the methods for interactive cards. All waits reject when `closing` aborts. */
export function createCardControls(
  { context, controls }: Composed,
  callControl: CallControl,
  closing: AbortSignal,
): { readonly cards: EmulatorCards } {
  const read = async (outTrackId: string, options: CardOptions = {}): Promise<Card> => {
    refuseUnknown('The options of cards.read', options, optionNames);
    return callControl<Card>('GET', `/cards?${new URLSearchParams({ outTrackId, ...options })}`);
  };
  const watch = (wake: () => void) => {
    const ends = [context.cards.watch(wake), controls?.journal.watch(wake) ?? (() => {})];
    return () => {
      for (const end of ends) end();
    };
  };
  return {
    cards: {
      read,
      async click(outTrackId, userId, actionId, params, options = {}) {
        refuseUnknown('The options of cards.click', options, ['corpId', 'appKey']);
        const body = { ...options, outTrackId, userId, actionId, params };
        return callControl<CardClick>('POST', '/cards/actions', body);
      },
      async waitFor(outTrackId, condition = {}, { timeout, signal, ...options } = {}) {
        refuseUnknown('The options of cards.waitFor', options, optionNames);
        if (typeof condition !== 'function')
          refuseUnknown('The condition of cards.waitFor', condition, ['revision', 'streaming', 'text']);
        const look = async () => {
          const card = await read(outTrackId, options).catch(ignoreMissing);
          return card && fulfills(card, condition) ? card : undefined;
        };
        const wait = { ...(timeout !== undefined && { timeout }), ...(signal && { signal }) };
        return waitUntil(look, watch, { ...wait, closing, what: () => `the card ${outTrackId} is not as expected` });
      },
    },
  };
}

/** A card that does not exist yet is waited for. */
function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof EmulatorError && error.code === 'huizhi.notFound')) throw error;
}

function fulfills(card: Card, condition: CardCondition): boolean {
  if (typeof condition === 'function') return condition(card);
  const { revision = 0, streaming = card.streaming, text = '' } = condition;
  if (card.revision < revision || card.streaming !== streaming) return false;
  const texts = [card.title, card.markdown];
  return texts.some((one) => (typeof text === 'string' ? one.includes(text) : one.search(text) !== -1));
}
