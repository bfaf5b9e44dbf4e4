import type { ListedMedia } from '../../../../src/client/answers.ts';
import type { Texts } from '../../texts/index.ts';

type Labels = Texts['compose']['fields'];

/** How the value of a field is entered. */
type Input = 'line' | 'area' | 'url' | 'picture';

/** A field of a msgParam that an operator fills in. */
export type Field = {
  readonly name: string;
  readonly input: Input;
  readonly isOptional?: boolean;
  label(fields: Labels): string;
};

/** The values of all fields, by name. Kinds share what has the same name, so a change of the kind keeps it. */
export type Values = Readonly<Record<string, string | undefined>>;

/** An uploaded file, and its length in milliseconds if it is a recording. */
export type Uploaded = {
  readonly media: Pick<ListedMedia, 'mediaId' | 'name'>;
  readonly duration?: number | undefined;
};

/** A message kind that can be written in the console: its fields, or what it takes from an uploaded file. */
export type Kind = {
  readonly fields: readonly Field[];
  /** The type of the file, and the formats that a chooser offers. */
  readonly file?: { readonly type: ListedMedia['type']; readonly accept: string };
  fromFile?(file: Uploaded): Values;
};

const line = (name: string, label: Field['label']): Field => ({ name, input: 'line', label });
const area = (name: string, label: Field['label']): Field => ({ name, input: 'area', label });
const url = (name: string, label: Field['label']): Field => ({ name, input: 'url', label });

const title = line('title', ({ title }) => title);
const markdown = area('text', ({ markdown }) => markdown);

/** The fields of a card with several buttons. */
function card(count: number, text = 'actionTitle', link = 'actionURL'): Kind {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const buttons = numbers.flatMap((number) => [
    line(`${text}${number}`, ({ button }) => button(number)),
    url(`${link}${number}`, ({ buttonUrl }) => buttonUrl(number)),
  ]);
  return { fields: [title, markdown, ...buttons] };
}

const seconds = (duration: number) => String(Math.max(1, Math.round(duration / 1000)));

/** The kinds by msgKey, in the order of the choice. */
export const kinds: Readonly<Record<string, Kind>> = {
  sampleText: { fields: [area('content', ({ content }) => content)] },
  sampleMarkdown: { fields: [title, markdown] },
  sampleLink: {
    fields: [
      title,
      area('text', ({ text }) => text),
      url('messageUrl', ({ url }) => url),
      { name: 'picUrl', input: 'picture', isOptional: true, label: ({ picture }) => picture },
    ],
  },
  sampleActionCard: {
    fields: [
      title,
      markdown,
      line('singleTitle', ({ onlyButton }) => onlyButton),
      url('singleURL', ({ onlyButtonUrl }) => onlyButtonUrl),
    ],
  },
  sampleActionCard2: card(2),
  sampleActionCard3: card(3),
  sampleActionCard4: card(4),
  sampleActionCard5: card(5),
  sampleActionCard6: card(2, 'buttonTitle', 'buttonUrl'),
  sampleImageMsg: { fields: [{ name: 'photoURL', input: 'picture', label: ({ picture }) => picture }] },
  sampleFile: {
    fields: [],
    file: { type: 'file', accept: '.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.zip,.rar' },
    fromFile: ({ media: { mediaId, name } }) => ({ mediaId, fileName: name, fileType: extensionOf(name) }),
  },
  sampleAudio: {
    fields: [],
    file: { type: 'voice', accept: 'audio/*,.amr,.mp3,.wav,.ogg' },
    fromFile: ({ media: { mediaId }, duration = 0 }) => ({ mediaId, duration: String(duration) }),
  },
  sampleVideo: {
    fields: [],
    file: { type: 'video', accept: 'video/mp4' },
    fromFile: ({ media: { mediaId }, duration }) => ({
      videoMediaId: mediaId,
      videoType: 'mp4',
      ...(duration !== undefined && { duration: seconds(duration) }),
    }),
  },
};

const extensionOf = (name: string) => /\.([^.]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? 'file';

/** Returns the msgParam of a message; undefined if nothing is filled in. */
export function toMsgParam(msgKey: string, values: Values, file: Uploaded | undefined): string | undefined {
  const kind = kinds[msgKey];
  if (kind?.fromFile) return file && JSON.stringify(kind.fromFile(file));
  const filled = kind?.fields.flatMap(({ name }) => {
    const value = values[name] ?? '';
    return value.trim() === '' ? [] : [[name, value] as const];
  });
  return filled && filled.length > 0 ? JSON.stringify(Object.fromEntries(filled)) : undefined;
}
