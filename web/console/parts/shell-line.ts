/** A text as one word for a shell. Within single quotes it changes nothing; a single quote itself has to stand outside of them. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
