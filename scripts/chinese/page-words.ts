/** The words of a page that is generated from declarations, in English and in Chinese. */
import { lookUp, type Texts, wrapText } from './text.ts';

export type PageWords = {
  /** What precedes the first section. */
  readonly head: string;
  /** A title, or a comment as a paragraph. */
  readonly text: (english: string) => string;
  /** A declaration with its comments. */
  readonly code: (english: string) => string;
};

/** The words of the English page, which are those of the sources. */
export const englishWords = (head: string): PageWords => ({ head, text: (text) => text, code: (code) => code });

/** The words of the Chinese page. A title or comment without a Chinese text is an error. */
export function chineseWords(head: string, texts: Texts): PageWords {
  const text = (english: string) => lookUp(texts, joinLines(english));
  const code = (english: string) =>
    english.replaceAll(/( *)\/\*\*([\s\S]*?)\*\//g, (_, indent: string, comment: string) =>
      renderComment(indent, text(comment)),
    );
  return { head, text, code };
}

/** The text of a comment or paragraph on one line. */
const joinLines = (text: string) => text.replaceAll(/\s*\n\s*(?:\* ?)?/g, ' ').trim();

const widest = 120;

function renderComment(indent: string, text: string): string {
  const [first = '', ...more] = wrapText(text, widest - indent.length - '/**  */'.length);
  if (more.length === 0) return `${indent}/** ${first} */`;
  return [`${indent}/**`, ...[first, ...more].map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}
