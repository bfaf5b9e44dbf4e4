import { isObject, type JsonObject, toText } from '../../wire/json.ts';
import { type CardButton, type ComposedCard, createButton, pictureOf } from './parts.ts';

/** The deepest level of nested parts that is shown, and the most parts. */
const deepest = 8;
const mostParts = 200;

type Parts = { readonly texts: string[]; readonly pictures: string[]; readonly buttons: CardButton[]; left: number };

/**
 * Returns what a card of the template StandardCard shows: its header, and its contents of the types markdown, text, image,
 * section, divider and action.
 * https://open.dingtalk.com/document/development/robots-send-interactive-cards
 */
export function composeStandardCard({ header, contents }: JsonObject): ComposedCard {
  const found: Parts = { texts: [], pictures: [], buttons: [], left: mostParts };
  addParts(found, contents, 0);
  const { texts, pictures, buttons } = found;
  return {
    title: textOf(isObject(header) ? header.title : undefined),
    markdown: texts.join('\n\n'),
    pictures,
    buttons,
  };
}

function addParts(found: Parts, parts: unknown, depth: number): void {
  for (const part of Array.isArray(parts) ? parts : [parts]) {
    if (isObject(part) && depth <= deepest && found.left-- > 0) addPart(found, part, depth);
  }
}

function addPart(found: Parts, part: JsonObject, depth: number): void {
  const { texts, pictures, buttons } = found;
  const { type } = part;
  if (type === 'button') buttons.push(toButton(part, buttons.length));
  else if (type === 'divider') texts.push('---');
  else if (type === 'image') pictures.push(...[pictureOf(part.image)].flatMap((one) => one ?? []));
  else if (textOf(part) !== '') texts.push(textOf(part));
  for (const name of ['contents', 'content', 'fields', 'list', 'actions', 'extra'])
    if (typeof part[name] === 'object') addParts(found, part[name], depth + 1);
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  return isObject(part) && typeof part.text === 'string' ? part.text : '';
}

function toButton({ id, label, actionType, url, value, disabled }: JsonObject, index: number): CardButton {
  const links = isObject(url) ? [url.all, url.pc, url.ios, url.android] : [url];
  const link = links.find((one) => typeof one === 'string' && one !== '');
  return createButton({
    actionId: toText(id) ?? `button${index + 1}`,
    text: textOf(label),
    url: actionType === 'openLink' ? link : undefined,
    params: isObject(value) ? value : undefined,
    disabled,
  });
}
