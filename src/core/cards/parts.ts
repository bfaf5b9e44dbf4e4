/** The parts of which a card is composed. */
import { cleanEscapes, isObject, parseJson as parseJsonText, toText } from '../../wire/json.ts';
import { cutText } from '../../wire/text.ts';

/** A button of a card. `params` are sent to the program of the card with a click. */
export type CardButton = {
  readonly actionId: string;
  readonly text: string;
  /** The address that it opens; null if a click is sent to the program. */
  readonly url: string | null;
  readonly disabled: boolean;
  readonly params: Readonly<Record<string, unknown>>;
};

/** What a card shows. Pictures are http or https addresses or media_ids; the Markdown is not sanitized. */
export type ComposedCard = {
  readonly title: string;
  readonly markdown: string;
  readonly pictures: readonly string[];
  readonly buttons: readonly CardButton[];
};

/** A button as a program describes it, not yet validated. */
type GivenButton = {
  readonly actionId: unknown;
  readonly text: string;
  readonly url: unknown;
  readonly params: unknown;
  readonly disabled: unknown;
};

/** Creates a button. One with an address that browsers must not open is disabled. */
export function createButton({ actionId, text, url, params, disabled }: GivenButton): CardButton {
  const isLink = typeof url === 'string';
  const isSafe = isLink && /^https?:\/\//i.test(url);
  return {
    actionId: cutText(toText(actionId) ?? '', longestActionId),
    text,
    url: isSafe ? url : null,
    disabled: disabled === true || disabled === 'true' || (isLink && !isSafe),
    params: isObject(params) ? params : {},
  };
}

const longestActionId = 200;

/** Returns a picture that pages may show; undefined for any other value. */
export function pictureOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^(https?:\/\/\S+|[@$][\w-]{10,200})$/i.test(value) ? value : undefined;
}

/** Parses the JSON of a variable. Its texts can be stored, as titles are. */
export function parseJson(text: unknown): unknown {
  return typeof text === 'string' && /^\s*[[{]/.test(text) ? parseJsonText(cleanEscapes(text)) : undefined;
}
