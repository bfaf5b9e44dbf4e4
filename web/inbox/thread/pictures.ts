import { createContext } from 'react';

/** Whether messages may load remote pictures. The server decides, and enforces it by its content security policy. */
export const PictureRule = createContext<'allow' | 'block'>('allow');

/** Longer URLs are truncated to this many characters. */
const mostShown = 200;

/** The displayed URL of a picture. */
export const displayUrl = (url: string) => (url.length > mostShown ? `${url.slice(0, mostShown)}…` : url);

/** Replaces the pictures in rendered Markdown with links, before it is inserted into the page. */
export function blockPictures(content: DocumentFragment, label: string): void {
  for (const image of content.querySelectorAll('img')) {
    const link = linkTo(image.src, image.alt, label, image.ownerDocument);
    const outer = image.closest('a');
    // Links cannot be nested.
    if (outer) outer.after(' ', link);
    image.replaceWith(outer ? image.alt || label : link);
  }
}

function linkTo(url: string, alt: string, label: string, owner: Document): HTMLAnchorElement {
  const link = owner.createElement('a');
  Object.assign(link, {
    href: url,
    target: '_blank',
    rel: 'noopener noreferrer nofollow',
    className: 'blocked-picture',
  });
  const words = owner.createElement('bdi');
  words.textContent = alt || label;
  const address = owner.createElement('small');
  Object.assign(address, { dir: 'ltr', textContent: displayUrl(url) });
  link.append(words, ' ', address);
  return link;
}
