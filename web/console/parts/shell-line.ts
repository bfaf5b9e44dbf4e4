/** Quotes a text as one word for a POSIX shell. Within single quotes only the single quote itself has to be escaped. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
