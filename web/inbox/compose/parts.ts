/** A picture of a draft. It is sent at the position of its mark in the text, such as `[Image 1]`. */
export type DraftPicture = { readonly mark: string; readonly file: File };

/** A piece of a message: a text or a picture. */
export type Part = string | File;

/** Maximum number of pictures in a message. */
export const mostPictures = 20;

/**
 * Inserts the mark of a picture at the cursor, followed by a space. Returns the text and the new position of the
 * cursor.
 */
export function insertMark(text: string, cursor: number, mark: string) {
  const start = `${text.slice(0, cursor)}${mark} `;
  return { text: start + text.slice(cursor).replace(/^ /, ''), cursor: start.length };
}

/** Removes the mark of a picture and the space after it. */
export const removeMark = (text: string, mark: string): string => text.replaceAll(`${mark} `, '').replaceAll(mark, '');

/** The pictures whose marks are in the text, in the order in which they were added. */
export function findMarked(text: string, pictures: readonly DraftPicture[]): readonly DraftPicture[] {
  return pictures.filter(({ mark }) => text.includes(mark));
}

/** Splits a text at the marks of pictures. Blank texts between pictures are left out. */
export function splitParts(text: string, pictures: readonly DraftPicture[]): readonly Part[] {
  const parts: Part[] = [];
  const add = (run: string) => {
    if (run.trim() !== '') parts.push(run.replace(/^\n+|\n+$/g, ''));
  };
  let begin = 0;
  for (const { at, picture } of listMarks(text, pictures)) {
    add(text.slice(begin, at));
    parts.push(picture.file);
    begin = at + picture.mark.length;
  }
  add(text.slice(begin));
  return parts;
}

/** Where marks are in a text, in order. No mark is a part of another one: each ends with a bracket after its number. */
function listMarks(text: string, pictures: readonly DraftPicture[]) {
  const found: { readonly at: number; readonly picture: DraftPicture }[] = [];
  for (const picture of pictures) {
    for (let at = text.indexOf(picture.mark); at !== -1; at = text.indexOf(picture.mark, at + 1))
      found.push({ at, picture });
  }
  return found.toSorted((a, b) => a.at - b.at);
}

/** The length of an id of a file on this server. */
const idLength = 33;

/** The bytes that a message with these parts takes on the server. */
export function countBytes(parts: readonly Part[]): number {
  const sent = parts.map((part) => (typeof part === 'string' ? { text: part } : { mediaId: '@'.repeat(idLength) }));
  return new TextEncoder().encode(JSON.stringify(sent)).length;
}
