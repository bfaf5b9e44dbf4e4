/**
 * Gives every style element that a script of ours makes the nonce of the page. Ant Design takes a nonce for its own styles, but
 * its lock of scrolling and its measuring of scroll bars know none.
 */
export function markStyles(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
  const create = document.createElement.bind(document);
  const marked = (name: string, options?: ElementCreationOptions) => {
    const made = create(name, options);
    if (name === 'style') made.nonce = nonce;
    return made;
  };
  document.createElement = marked as typeof document.createElement;
}
