import { createContext } from 'react';

/** Whether pictures of messages are loaded; the server decides, and its content security policy enforces it. */
export const PictureRule = createContext<'allow' | 'block'>('allow');

/** Characters that are shown of an address. */
const mostShown = 200;

/** The address of a picture as it is shown. */
export const shownAddress = (url: string) => (url.length > mostShown ? `${url.slice(0, mostShown)}…` : url);

/** Replaces the pictures of rendered Markdown by links, before it is in the page. */
export function blockPictures(content: DocumentFragment, label: string): void {
  for (const image of content.querySelectorAll('img')) {
    const link = linkTo(image.src, image.alt, label, image.ownerDocument);
    const outer = image.closest('a');
    // A link cannot contain another.
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
  Object.assign(address, { dir: 'ltr', textContent: shownAddress(url) });
  link.append(words, ' ', address);
  return link;
}
