import type { InboxMessage, Session } from '../../store/model.ts';
import { wireError } from '../../wire/errors.ts';
import type { MatchField } from '../../wire/own/inbox.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { type ShownMessage, showMessage } from '../inbox/inbox.ts';
import { createExcerpt, type Excerpt } from './excerpt.ts';
import { fold, splitWords } from './fold.ts';
import { oneLine, type VisibleText, visibleTexts } from './visible-text.ts';

export type SearchQuery = { readonly text: string; readonly limit: number; readonly cursor?: string };

/** A text of a message that contains words of the query. Offsets are in UTF-16 code units of the excerpt. */
export type Match = Excerpt & { readonly field: MatchField };

export type FoundMessage = ShownMessage & { readonly matches: readonly Match[] };

/** The maximum number of messages that one call scans, and the batch size; other requests run between batches. */
const budget = 1000;
const stride = 100;

/**
 * The share of the budget that a message uses up: more for a long text, which takes longer to fold, and four times as
 * much for excerpts.
 */
const estimateCost = ({ param }: InboxMessage, isFound: boolean) =>
  (1 + Math.floor((param?.length ?? 0) / 2000)) * (isFound ? 4 : 1);

/**
 * Finds messages in a user's inbox that contain every word of a text, newest first. A call ends when it has found
 * `limit` messages or scanned a bounded number of them. `cursor` continues the search, and `scannedTo` is the time
 * (epoch milliseconds) back to which messages were scanned; both are null when all were. Throws `huizhi.badRequest`.
 */
export async function searchInbox(context: Context, { corpId, userId }: Session, { text, limit, cursor }: SearchQuery) {
  const words = splitWords(text);
  if (words.length === 0) {
    throw wireError('huizhi.badRequest', { why: 'no visible text', fill: { reason: 'text contains nothing visible' } });
  }
  const found: FoundMessage[] = [];
  let before = parseNumberCursor(cursor);
  let scannedTo: number | null = null;
  for (let looked = 0; looked < budget; ) {
    const step = await context.store.inboxes.step({ corpId, userId, before, count: stride });
    for (const message of step.messages) {
      const shown = showMessage(context, corpId, message);
      const matches = findMatches(shown, words);
      if (matches) found.push({ ...shown, matches });
      [before, scannedTo] = [message.offset, message.sentAt];
      looked += estimateCost(message, matches !== undefined);
      if (found.length === limit || looked >= budget)
        return { messages: found, cursor: formatCursor(before), scannedTo };
    }
    if (step.end === null) return { messages: found, cursor: null, scannedTo: null };
    [before, scannedTo] = [step.end.offset, step.end.at];
    looked += step.passed;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { messages: found, cursor: formatCursor(before), scannedTo };
}

/** Returns the matches of the words in a message, or undefined unless every word matches. */
function findMatches(message: ShownMessage, words: readonly string[]): readonly Match[] | undefined {
  const texts: readonly VisibleText[] = [
    ...visibleTexts(message.msgKey, message.msgParam),
    { field: 'robotName', text: oneLine(message.sender.name) },
    ...(message.conversation
      ? [{ field: 'conversationTitle' as const, text: oneLine(message.conversation.title) }]
      : []),
  ];
  const folded = texts.map(({ text }) => fold(text));
  if (!words.every((word) => folded.some((text) => text.includes(word)))) return undefined;
  return texts.flatMap(({ field, text }) => {
    const excerpt = createExcerpt(text, words);
    return excerpt ? [{ field, ...excerpt }] : [];
  });
}
