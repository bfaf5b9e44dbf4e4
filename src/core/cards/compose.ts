/** What people see of a card. The server does not have the vendor's templates, so it shows the variables of any of them. */
import type { Card, CardValues } from '../../store/cards/cards.ts';
import { isObject, type JsonObject, toText } from '../../wire/json.ts';
import { type CardButton, type ComposedCard, createButton, parseJson, pictureOf } from './parts.ts';
import { composeStandardCard } from './standard-card.ts';

/** The variable in which a card of the older calls keeps its content, as JSON. */
export const standardCardKey = 'sys_standard_card';

/** The most parts of each kind that a card shows. */
const mostParts = 100;

/** Variables that say how a template looks, and are not content. */
const hidden = new Set(['config', 'flowStatus', 'logo', standardCardKey]);
const titles = ['title', 'msgTitle', 'header'];

/** Returns what a card shows: title, variables joined in their order, pictures and buttons. */
export function composeCard({ data }: Pick<Card, 'data'>, own: CardValues = {}): ComposedCard {
  const values = { ...data, ...own };
  const standard = Object.hasOwn(values, standardCardKey) ? parseJson(values[standardCardKey]) : undefined;
  if (isObject(standard)) return composeStandardCard(standard);
  const full = parseJson(values.sys_full_json_obj);
  const all: JsonObject = isObject(full) ? { ...values, ...full } : values;
  const titleName = titles.find((name) => typeof all[name] === 'string' && String(all[name]).trim() !== '');
  const found: Parts = { texts: [], pictures: [], buttons: [] };
  for (const name of orderOf(all)) {
    if (name !== titleName && !titles.includes(name) && Object.hasOwn(all, name)) addValue(found, name, all[name]);
  }
  return {
    title: titleName === undefined ? '' : String(all[titleName]),
    markdown: found.texts.join('\n\n'),
    pictures: found.pictures.slice(0, mostParts),
    buttons: found.buttons.slice(0, mostParts),
  };
}

type Parts = { readonly texts: string[]; readonly pictures: string[]; readonly buttons: CardButton[] };

/** The names of the variables in the order in which the card shows them. Those that its order does not name are last. */
function orderOf(all: JsonObject): readonly string[] {
  const named = Array.isArray(all.order) ? all.order.filter((name) => typeof name === 'string') : [];
  const others = Object.keys(all).filter((name) => name !== 'order' && !name.startsWith('sys_') && !hidden.has(name));
  return [...new Set([...named, ...others])];
}

function addValue({ texts, pictures, buttons }: Parts, name: string, value: unknown): void {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? parseJson(value) : undefined;
  if (Array.isArray(list)) addItems({ texts, pictures, buttons }, list);
  if (Array.isArray(list) || typeof value !== 'string' || isObject(list) || /^(true|false|\s*)$/.test(value)) return;
  const picture = /ima?ge?|pic|photo|avatar|cover|banner/i.test(name) ? pictureOf(value) : undefined;
  if (picture === undefined) texts.push(value);
  else pictures.push(picture);
}

/** Adds the items of a list, each of which is a button, a picture or a text. */
function addItems({ texts, pictures, buttons }: Parts, list: readonly unknown[]): void {
  const lines: string[] = [];
  for (const item of list.slice(0, mostParts)) {
    const button = toButton(item, buttons.length);
    const fields: JsonObject = isObject(item) ? item : {};
    const picture = pictureOf(item) ?? pictureOf(fields.image ?? fields.imageUrl ?? fields.picUrl ?? fields.src);
    if (button) buttons.push(button);
    else if (picture !== undefined) pictures.push(picture);
    else if (typeof item === 'string') lines.push(`- ${item}`);
    else if (typeof fields.text === 'string') lines.push(`- ${fields.text}`);
  }
  if (lines.length > 0) texts.push(lines.join('\n'));
}

/** Returns the button that an item of a list describes; undefined if it does not describe one. */
function toButton(item: unknown, index: number): CardButton | undefined {
  if (!isObject(item)) return undefined;
  const text = item.text ?? item.title;
  const isButton = ['id', 'actionId', 'url', 'request', 'color', 'status', 'event'].some((name) =>
    Object.hasOwn(item, name),
  );
  if (typeof text !== 'string' || !isButton) return undefined;
  const url = [item.url, item.pcUrl, item.iosUrl].find((one) => typeof one === 'string' && one !== '');
  const actionId = toText(item.actionId) ?? toText(item.id) ?? `button${index + 1}`;
  return createButton({ actionId, text, url, params: item.params, disabled: item.disabled });
}
