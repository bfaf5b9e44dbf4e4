/**
 * Sets the nonce of the content security policy on every `<style>` element that a script creates. Ant Design accepts a
 * nonce for its component styles, but not for the styles that lock scrolling and measure scroll bars.
 */
export function markStyles(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
  const create = document.createElement.bind(document);
  const createMarkedElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (name === 'style') element.nonce = nonce;
    return element;
  };
  document.createElement = createMarkedElement as typeof document.createElement;
}
