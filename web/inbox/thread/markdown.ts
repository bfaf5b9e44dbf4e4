import createPurifier from 'dompurify';
import { Marked } from 'marked';
import { pictureUrl, safeUrl } from './links.ts';

const marked = new Marked({
  gfm: true,
  breaks: true,
  // A message is a part of the page, so its headings are below the page's own.
  walkTokens: (token) => {
    if (token.type === 'heading') token.depth = Math.min(6, token.depth + 2);
  },
  // Nothing can be ticked in a message, so a box is a sign like others.
  renderer: { checkbox: ({ checked }) => (checked ? '☑ ' : '☐ ') },
});

const purifier = createPurifier(window);

purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') secureLink(node);
  if (node.tagName === 'IMG') securePicture(node);
  if (node.tagName === 'FONT' && !/^(?:#[\da-f]{3,8}|[a-z]{3,20})$/i.test(node.getAttribute('color') ?? '')) {
    node.removeAttribute('color');
  }
});

const tags =
  'a b blockquote br code del em font h3 h4 h5 h6 hr i img li ol p pre s strong sub sup table tbody td th thead tr ul'.split(
    ' ',
  );

/** Markdown of a message as nodes for the page. Raw HTML in it is cut down to what Markdown itself can say. */
export function rendered(markdown: string): DocumentFragment {
  const html = marked.parse(markdown, { async: false });
  return purifier.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: ['href', 'src', 'alt', 'title', 'color', 'start'],
    // What is no address has not to look like one.
    ADD_URI_SAFE_ATTR: ['color', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto|dingtalk):/i,
    RETURN_DOM_FRAGMENT: true,
  });
}

function secureLink(node: Element): void {
  const url = safeUrl(node.getAttribute('href') ?? undefined);
  if (url === undefined) {
    node.removeAttribute('href');
    return;
  }
  node.setAttribute('href', url);
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer nofollow');
}

function securePicture(node: Element): void {
  const url = pictureUrl(node.getAttribute('src') ?? undefined);
  if (url === undefined) {
    node.remove();
    return;
  }
  node.setAttribute('src', url);
  node.setAttribute('loading', 'lazy');
  node.setAttribute('referrerpolicy', 'no-referrer');
  if (!node.hasAttribute('alt')) node.setAttribute('alt', '');
}

/** Markdown as one line of plain text, for previews and searching. */
export function plain(markdown: string): string {
  const words = markdown
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]*>/g, ' ')
    .replace(/^[#>\-*+\s]+/gm, ' ')
    .replace(/[*_`~]+/g, '');
  return words.replace(/\s+/g, ' ').trim();
}
