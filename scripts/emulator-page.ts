/**
 * Generates `docs/reference/emulator.md` and `docs/zh/reference/emulator.md` from the declarations of `huizhi/emulator`
 * and their comments.
 */
import { readFileSync } from 'node:fs';
import { emulatorHead, emulatorTexts } from './chinese/emulator.ts';
import { chineseWords, englishWords, type PageWords } from './chinese/page-words.ts';

type Module = { readonly path: string; readonly names: readonly string[] };

const head = `# huizhi/emulator

Generated from the comments of the sources. For a guide see [The emulator in your tests](../how-to/emulator-in-tests.md). The module also exports
\`demoSetup\`, the default setup, and the class \`EmulatorError\`. The \`code\` of an \`EmulatorError\` is one of
[the error reference](errors.md), \`huizhi.timeout\` (a wait timed out) or \`huizhi.closed\`.
`;

/** `docs/reference/emulator.md` */
export const emulatorPage = () => renderPage(englishWords(head));

/** `docs/zh/reference/emulator.md` */
export const chineseEmulatorPage = () => renderPage(chineseWords(emulatorHead, emulatorTexts));

function renderPage(words: PageWords): string {
  const modules = [
    { path: 'src/emulator/index.ts', names: ['startEmulator'] },
    {
      path: 'src/emulator/types.ts',
      names: [
        'EmulatorOptions',
        ...[
          'Emulator',
          'EmulatorClock',
          'ReaderRule',
          'ReadManner',
          'FaultRule',
          'GroupOptions',
          'Group',
          'WebhookOptions',
          'Webhook',
          'ReadMark',
          'Department',
          'Person',
          'WorkNotice',
          'WorkNoticeResult',
          'WorkNoticeFilter',
        ],
        ...['WaitOptions', 'Duration'],
      ],
    },
    { path: 'src/emulator/message-types.ts', names: ['SentMessage', 'MessageFilter'] },
    {
      path: 'src/emulator/talk-types.ts',
      names: ['SayContent', 'SayOptions', 'Said', 'ReplyFilter', 'Reply'],
    },
    {
      path: 'src/emulator/card-types.ts',
      names: ['EmulatorCards', 'CardOptions', 'Card', 'CardClick', 'CardCondition'],
    },
    { path: 'src/emulator/event-types.ts', names: ['EmulatorEvent', 'EventFilter'] },
  ];
  return words.head + modules.map((module) => sections(words, module)).join('');
}

function sections(words: PageWords, { path, names }: Module): string {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  return names.map((name) => section(words, text, name, path)).join('');
}

function section(words: PageWords, text: string, name: string, path: string): string {
  const start = text.search(new RegExp(`^export (?:async )?(?:type|function|class) ${name}\\b`, 'm'));
  if (start === -1) throw new Error(`${path} does not export ${name}`);
  const comment = commentBefore(text.slice(0, start));
  const prose = comment && `${words.text(comment)}\n\n`;
  return `\n## ${name}\n\n${prose}\`\`\`ts\n${words.code(declaration(text.slice(start)))}\n\`\`\`\n`;
}

/** The comment in front of a declaration; empty if there is none. */
function commentBefore(text: string): string {
  const [, comment] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/.exec(text) ?? [];
  if (comment === undefined) return '';
  const lines = comment.split('\n').map((line) => line.replace(/^ *\* ?/, '').trim());
  return lines.filter((line) => line !== '').join('\n');
}

/** The complete text of a type, the head of a function, a class without its bodies. */
function declaration(text: string): string {
  const whole = text.slice(0, endOf(text)).replace(/^export (?:async )?/, '');
  if (whole.startsWith('function')) return `${whole.slice(0, whole.lastIndexOf(' {', whole.indexOf('\n  ')))};`;
  if (!whole.startsWith('class')) return whole;
  return whole.replaceAll(/\n\n {2}constructor\([\s\S]*?\n {2}\}/g, '');
}

/** Top-level declarations end before the next line without an indent. */
function endOf(text: string): number {
  const end = /;\n(?=\n|$|[^\s|}])|\n\}(?:;)?\n/.exec(text);
  return end ? end.index + end[0].trimEnd().length : text.length;
}
