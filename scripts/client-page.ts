/**
 * Generates `docs/reference/client.md` and `docs/zh/reference/client.md` from the sources of the client:
 * `npx node scripts/client-page.ts`. A test compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { clientHead, clientTexts } from './chinese/client.ts';
import { chineseWords, englishWords, type PageWords } from './chinese/page-words.ts';

const folder = new URL('../src/client/', import.meta.url);

const source = (name: string) => readFileSync(new URL(name, folder), 'utf8');

type Part = { readonly title: string; readonly names: readonly string[] };

/** The parts of the page in order. An export that is in no part makes the script fail. */
const parts: readonly Part[] = [
  { title: 'The client', names: ['createClient', 'Client', 'ClientOptions', 'Credentials', 'CallOptions'] },
  { title: 'Send', names: ['SendOptions', 'Content', 'SendResult', 'SentMessage', 'FailedChunk'] },
  { title: 'Read status', names: ['Receipt', 'Recipient'] },
  { title: 'Watch', names: ['Watched', 'WatchOptions', 'Change'] },
  { title: 'Recall', names: ['RecallResult'] },
  { title: 'DINGs', names: ['DingClient', 'DingOptions', 'DingChannel', 'SentDing', 'DingReceiver'] },
  {
    title: 'Work notices',
    names: [
      'NoticeClient',
      'NoticeOptions',
      'NoticeContent',
      'NoticeCallOptions',
      'SentNotice',
      'NoticeProgress',
      'NoticeResult',
      'HeldBack',
    ],
  },
  { title: 'Groups', names: ['GroupSendOptions', 'SentToGroup', 'GroupMessage', 'GroupReader'] },
  { title: 'Find users', names: ['FoundUsers'] },
  { title: 'Upload', names: ['UploadOptions', 'UploadedMedia'] },
  { title: 'Errors', names: ['ClientError', 'ApiError', 'ApiCode', 'ConnectionError', 'SendError', 'isThrottled'] },
  { title: 'Events', names: ['ClientEvent'] },
];

const head = `# The client

Everything that \`huizhi/client\` exports, generated from its sources. Times are in epoch milliseconds, durations in milliseconds.
[Use the client](../how-to/client.md) shows how to use it; [Errors](errors.md) explains the codes of an \`ApiError\`.
`;

/** `docs/reference/client.md` */
export const clientPage = () => renderPage(englishWords(head));

/** `docs/zh/reference/client.md` */
export const chineseClientPage = () => renderPage(chineseWords(clientHead, clientTexts));

/** Renders the page from the current sources. */
function renderPage(words: PageWords): string {
  const files = readExports();
  const known = parts.flatMap(({ names }) => names);
  const missing = [...files.keys()].filter((name) => !known.includes(name));
  if (missing.length > 0) throw new Error(`Name ${missing.join(', ')} in a part of the page`);
  const body = parts.map(({ title, names }) => {
    return `## ${words.text(title)}\n\n${names.map((name) => entry(words, name, files.get(name) ?? '')).join('\n')}`;
  });
  return `${words.head}\n${body.join('\n')}`;
}

/** Returns the exports of index.ts, each with its file. */
function readExports(): ReadonlyMap<string, string> {
  const lines = source('index.ts').matchAll(/^export (?:type )?\{([^}]+)\} from '\.\/([\w-]+\.ts)';$/gm);
  const pairs = [...lines].flatMap(([, names = '', file = '']) => {
    return names.split(',').map((name) => [name.trim(), file] as const);
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

function entry(words: PageWords, name: string, file: string): string {
  const text = source(file);
  const found = new RegExp(
    String.raw`^(?:/\*\*((?:(?!\*/)[^])*)\*/\n)export (?:type|class|function) ${name}\b`,
    'm',
  ).exec(text);
  if (!found) throw new Error(`${file} has no ${name} with a comment`);
  const [whole, comment = ''] = found;
  const start = found.index + whole.lastIndexOf('export ');
  const code = words.code(declaration(text.slice(start)));
  return `### \`${name}\`\n\n${words.text(prose(comment))}\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
}

const prose = (comment: string) => comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();

/** The complete text of a type, the head of a function, and of a class its public members. */
function declaration(text: string): string {
  if (text.startsWith('export type')) return typeIn(text);
  if (text.startsWith('export function')) return `${text.slice(0, text.search(/ \{\n/))};`;
  const body = text.slice(0, text.indexOf('\n}\n'));
  const [fields = ''] = body.split(/\n\n? {2}constructor/);
  return `${fields.replaceAll(/\b(?:override|declare) /g, '').trimEnd()}\n}`;
}

/** The text up to the first semicolon outside of brackets. */
function typeIn(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1;
    else if ('{(['.includes(character)) depth++;
    else if ('})]'.includes(character)) depth--;
    else if (character === ';' && depth === 0) return text.slice(0, at + 1);
  }
  throw new Error(`no end of ${text.slice(0, 40)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/reference/client.md', import.meta.url), clientPage());
  writeFileSync(new URL('../docs/zh/reference/client.md', import.meta.url), chineseClientPage());
}
