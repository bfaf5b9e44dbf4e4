/** Whether both database engines can store a text and JSON can carry it: it has no NUL and no lone surrogate. */
export function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Returns the beginning of a text. A surrogate pair is not cut in two. */
export function cutText(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1).toWellFormed();
}

/**
 * Characters that control a terminal or disguise a text: C0 and C1 controls, format characters such as bidi overrides,
 * line and paragraph separators, lone surrogates. The two joiners (U+200C, U+200D) are excluded, because emoji and
 * several scripts need them.
 */
const controlCharacters = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Replaces each control or format character by U+FFFD, so that the text is one line and cannot control a terminal. */
export function escapeControls(text: string): string {
  return text.replaceAll(controlCharacters, '\ufffd');
}

/** Renders JSON in which all control and format characters are escaped, so that it can be printed on a terminal. */
export function renderPrintableJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** Escapes the control and format characters of a JSON text on one line. */
export function escapeJson(json: string): string {
  return json.replaceAll(controlCharacters, (character) =>
    Array.from({ length: character.length }, (_, i) => unicodeEscape(character.charCodeAt(i))).join(''),
  );
}

const unicodeEscape = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
