import type { Card, CardValues } from '../../store/cards/cards.ts';
import type { Context } from '../context.ts';
import { noteFileUse } from '../media/use.ts';
import { composeCard } from './compose.ts';

/** Returns the media_ids of the pictures that a card shows to everybody, or to a person with these variables. */
export function listCardMedia(card: Pick<Card, 'data'>, own?: CardValues): readonly string[] {
  return composeCard(card, own).pictures.filter((picture) => !picture.startsWith('http'));
}

/** The most files that are noted at once. */
const mostFiles = 1000;

/**
 * Notes that a card uses files, so that retention keeps them. A failure is only logged.
 *
 * @param privates the variables of single people, whose pictures are noted, too
 */
export async function noteCardMedia(context: Context, card: Card, privates: readonly CardValues[] = []): Promise<void> {
  const codes = [...new Set([undefined, ...privates].flatMap((own) => listCardMedia(card, own)))].slice(0, mostFiles);
  await noteFileUse(context, card.corpId, codes);
}
