/** Tells whether a text can be stored by every engine and sent as JSON: no NUL, no half of a surrogate pair. */
export function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
