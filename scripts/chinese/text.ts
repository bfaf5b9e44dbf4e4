/** Looks up Chinese texts by the English ones, and breaks them into lines. */

export type Texts = Readonly<Record<string, string>>;

/** Returns the Chinese text. Throws an error if there is none. */
export function lookUp(texts: Texts, english: string): string {
  const { [english]: chinese } = texts;
  if (chinese === undefined) throw new Error(`No Chinese text for: ${english}`);
  return chinese;
}

/** Breaks a text after punctuation, where a line would be wider than `widest` columns. */
export function wrapText(text: string, widest: number): readonly string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=[。；，：])/)) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last + part) <= widest) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines;
}

/** Columns of a text. Chinese characters are twice as wide as others. */
const widthOf = (text: string) => [...text].reduce((sum, one) => sum + (one > '\u2e80' ? 2 : 1), 0);
