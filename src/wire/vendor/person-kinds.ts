/**
 * The kinds of messages that people write, by the msgtype under which robots receive them: the number in the database,
 * which must never change, and the msgKey under which the inbox shows the kind.
 * https://open.dingtalk.com/document/development/receive-message
 */
export const personKinds = {
  text: { number: 60, msgKey: 'personText' },
  richText: { number: 61, msgKey: 'personRichText' },
  picture: { number: 62, msgKey: 'personPicture' },
  audio: { number: 63, msgKey: 'personAudio' },
  video: { number: 64, msgKey: 'personVideo' },
  file: { number: 65, msgKey: 'personFile' },
} as const;

/** The msgtype of a message that a person writes. */
export type PersonType = keyof typeof personKinds;

export const personTypes = Object.keys(personKinds) as readonly PersonType[];

/** The types that can be written in conversations of several people, where robots receive no others. */
export const sharedTypes: readonly PersonType[] = ['text', 'richText', 'picture'];

/** Returns the msgtype of a stored kind; undefined for a kind that people do not write. */
export function personTypeOf(kind: number): PersonType | undefined {
  return personTypes.find((type) => personKinds[type].number === kind);
}
