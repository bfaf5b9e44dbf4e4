/** Markdown as one line of plain text, for previews. Each pattern takes linear time for any text. */
export function toPlainText(markdown: string): string {
  const words = markdown
    .replace(/!\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/^[#>\-*+\s]+/gm, ' ')
    .replace(/[*_`~]+/g, '');
  return words.replace(/\s+/g, ' ').trim();
}
