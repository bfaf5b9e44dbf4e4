/** The longest text that a link sends. */
const longestText = 1000;

/**
 * Returns the text that a link of a robot sends when it is clicked (`dtmd://dingtalkclient/sendMessage?content=…`);
 * undefined for other links, and for a text that is blank or too long.
 */
export function sayTextOf(url: string | undefined): string | undefined {
  const query = /^dtmd:\/\/dingtalkclient\/sendMessage\?(.*)$/is.exec(url ?? '')?.[1];
  if (query === undefined) return undefined;
  const text = (new URLSearchParams(query).get('content') ?? '').toWellFormed().replaceAll('\0', '');
  return text.trim() === '' || text.length > longestText ? undefined : text;
}
