/** Tells whether a text can be stored by every engine and sent as JSON: no NUL, no half of a surrogate pair. */
export function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Characters that steer a terminal or disguise a text: C0 and C1 controls, format characters such as bidi overrides, line and paragraph
 * separators, lone surrogates. The two joiners stay, since emoji and several scripts are written with them.
 */
const steering = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The text on one line that cannot steer a terminal: each control or format character becomes U+FFFD. */
export function escapeControls(text: string): string {
  return text.replaceAll(steering, '\ufffd');
}

/** JSON whose control and format characters are all written as escapes, so that it can be printed on a terminal. */
export function printableJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** The same for JSON that is already a text on one line. */
export function escapeJson(json: string): string {
  return json.replaceAll(steering, (character) =>
    Array.from({ length: character.length }, (_, i) => unicodeEscape(character.charCodeAt(i))).join(''),
  );
}

const unicodeEscape = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
