import { withoutControls } from '../../shared/isolate.ts';

/** The parsed content of a work notice: the types of `Content` that notices have. */
type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'markdown'; readonly title: string; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'audio'; readonly mediaId: string; readonly seconds: number | undefined }
  | { readonly type: 'file'; readonly mediaId: string; readonly name: string; readonly kind: string }
  | {
      readonly type: 'link';
      readonly title: string;
      readonly text: string;
      readonly picture: string;
      readonly url: string;
    }
  | {
      readonly type: 'card';
      readonly title: string;
      readonly text: string;
      readonly buttons: readonly Button[];
      readonly isHorizontal: boolean;
    };

type Button = { readonly number: number; readonly title: string; readonly url: string };

type Values = Readonly<Record<string, unknown>>;

const readers: Readonly<Record<string, (values: Values) => Content>> = {
  noticeText: ({ content }) => ({ type: 'text', text: toText(content) }),
  noticeMarkdown: ({ title, text }) => ({ type: 'markdown', title: toText(title), text: toText(text) }),
  noticeImage: ({ media_id }) => ({ type: 'image', url: toText(media_id) }),
  noticeVoice: ({ media_id, duration }) => {
    const seconds = Math.round(Number(toText(duration)));
    return { type: 'audio', mediaId: toText(media_id), seconds: seconds > 0 ? seconds : undefined };
  },
  // A work notice has no file name.
  noticeFile: ({ media_id }) => {
    return { type: 'file', mediaId: toText(media_id), name: withoutControls(toText(media_id)), kind: '' };
  },
  noticeLink: ({ title, text, picUrl, messageUrl }) => {
    const link = { title: toText(title), text: toText(text), picture: toText(picUrl), url: toText(messageUrl) };
    return { type: 'link', ...link };
  },
  noticeActionCard: readCard,
  noticeOa: readOa,
};

/** The content of a work notice; undefined for a message of another kind. */
export function noticeContentOf(msgKey: string, values: Values): Content | undefined {
  return Object.hasOwn(readers, msgKey) ? readers[msgKey]?.(values) : undefined;
}

function readCard({ title, markdown, single_title, single_url, btn_orientation, btn_json_list }: Values): Content {
  const listed = toList(btn_json_list).map((one) => ({ title: toText(one.title), url: toText(one.action_url) }));
  const pairs = listed.length > 0 ? listed : [{ title: toText(single_title), url: toText(single_url) }];
  const buttons = pairs.map((pair, index): Button => ({ number: index + 1, ...pair }));
  const isHorizontal = listed.length > 1 && toText(btn_orientation) === '1';
  return { type: 'card', title: toText(title), text: toText(markdown), buttons, isHorizontal };
}

/** The phone client shows six rows of a form, and hides the others. */
const mostRows = 6;

/** An `oa` message is shown as a link: its status, form, number, text and author are the lines below the title. */
function readOa({ message_url, head, body, status_bar }: Values): Content {
  const { title, form, rich, content, image, author } = toValues(body);
  const rows = toList(form).slice(0, mostRows);
  const { num, unit } = toValues(rich);
  const lines = [
    toText(toValues(status_bar).status_value),
    ...rows.map(({ key, value }) => `${toText(key)}${toText(value)}`),
    `${toText(num)}${toText(unit)}`,
    toText(content),
    toText(author),
  ];
  return {
    type: 'link',
    title: toText(title) || toText(toValues(head).text),
    text: lines.filter((line) => line !== '').join('\n'),
    picture: toText(image),
    url: toText(message_url),
  };
}

function toValues(value: unknown): Values {
  return typeof value === 'object' && value !== null ? (value as Values) : {};
}

function toList(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value.map(toValues) : [];
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
