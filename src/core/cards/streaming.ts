import type { CardStreaming, CardValues } from '../../store/cards/cards.ts';

/** The values of the variable `flowStatus` of templates for AI answers. */
const flowStatuses: ReadonlyMap<string, CardStreaming> = new Map([
  ['1', 'growing'],
  ['2', 'growing'],
  ['3', 'finished'],
  ['4', 'growing'],
  ['5', 'failed'],
]);

/** Returns whether the text of a card is being written, as its variables say; undefined if they do not. */
export function streamingOf({ flowStatus }: CardValues): CardStreaming | undefined {
  return flowStatus === undefined ? undefined : flowStatuses.get(flowStatus);
}
