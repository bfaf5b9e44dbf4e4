import type { MatchField } from '../../wire/own/inbox.ts';

type Values = Readonly<Record<string, unknown>>;

/** The texts of a work notice that recipients see, by the names of their fields; undefined for other messages. */
export function noticeTexts(
  msgKey: string,
  msgParam: string | null,
): readonly (readonly [MatchField, string])[] | undefined {
  if (!msgKey.startsWith('notice')) return undefined;
  const values = toValues(msgParam === null ? {} : JSON.parse(msgParam));
  if (msgKey === 'noticeText') return [['text', toText(values.content)]];
  if (msgKey === 'noticeLink' || msgKey === 'noticeMarkdown') return titleAndText(values.title, values.text);
  if (msgKey === 'noticeActionCard') return cardTexts(values);
  return msgKey === 'noticeOa' ? oaTexts(values) : [];
}

function titleAndText(title: unknown, text: unknown): readonly (readonly [MatchField, string])[] {
  return [
    ['title', toText(title)],
    ['text', toText(text)],
  ];
}

function cardTexts({ title, markdown, single_title: single, btn_json_list: buttons }: Values) {
  const titles = Array.isArray(buttons) ? buttons.map((one) => toValues(one).title) : [single];
  return [...titleAndText(title, markdown), ...titles.map((one) => ['button', toText(one)] as const)];
}

function oaTexts({ body, status_bar: bar }: Values) {
  const { title, form, rich, content, author } = toValues(body);
  const rows = Array.isArray(form) ? form.map(toValues).map(({ key, value }) => `${toText(key)} ${toText(value)}`) : [];
  const { num, unit } = toValues(rich);
  const parts = [...rows, `${toText(num)} ${toText(unit)}`, content, author, toValues(bar).status_value];
  return titleAndText(title, parts.map(toText).join(' '));
}

function toValues(value: unknown): Values {
  return typeof value === 'object' && value !== null ? (value as Values) : {};
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
