/** Generates `docs/reference/emulator.md` from the declarations of `huizhi/emulator` and their comments. */
import { readFileSync } from 'node:fs';

type Module = { readonly path: string; readonly names: readonly string[] };

/** `docs/reference/emulator.md` */
export function emulatorPage(): string {
  const head = `# huizhi/emulator

Generated from the comments of the sources. For a guide see [The emulator in your tests](../how-to/emulator-in-tests.md). The module also exports
\`demoSetup\`, the default setup, and the class \`EmulatorError\`. The \`code\` of an \`EmulatorError\` is one of
[the error reference](errors.md), \`huizhi.timeout\` (a wait timed out) or \`huizhi.closed\`.
`;
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
  return head + modules.map(sections).join('');
}

function sections({ path, names }: Module): string {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  return names.map((name) => section(text, name, path)).join('');
}

function section(text: string, name: string, path: string): string {
  const start = text.search(new RegExp(`^export (?:async )?(?:type|function|class) ${name}\\b`, 'm'));
  if (start === -1) throw new Error(`${path} does not export ${name}`);
  const code = `\`\`\`ts\n${declaration(text.slice(start))}\n\`\`\`\n`;
  return `\n## ${name}\n\n${commentBefore(text.slice(0, start))}${code}`;
}

/** The comment in front of a declaration, as a paragraph. */
function commentBefore(text: string): string {
  const [, comment] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/.exec(text) ?? [];
  if (comment === undefined) return '';
  const lines = comment.split('\n').map((line) => line.replace(/^ *\* ?/, '').trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n\n`;
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
