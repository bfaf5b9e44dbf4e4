import createPurifier from 'dompurify';
import { Marked } from 'marked';
import { pictureUrl, safeUrl } from './links.ts';
import { boundedText, createBounds, isBounded } from './markdown-bounds.ts';
import { allowedAttributes, allowedTags, rewriteHtml } from './markdown-html.ts';

const bounds = createBounds();

const marked = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: bounds.tokenizer,
  // A message is a part of the page, so its headings are below the page's own.
  walkTokens: (token) => {
    if (token.type === 'heading') token.depth = Math.min(6, token.depth + 2);
  },
  renderer: {
    // Nothing can be ticked in a message, so a box is a sign like others.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    html: ({ text }) => rewriteHtml(text),
    // Within a raw <pre> or <code> marked leaves text as it is.
    text: (token) => ('escaped' in token && token.escaped ? token.text.replaceAll('<', '&lt;') : false),
  },
});

const purifier = createPurifier(window);

purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') secureLink(node);
  if (node.tagName === 'IMG') securePicture(node);
  if (node.tagName === 'FONT' && !/^(?:#[\da-f]{3,8}|[a-z]{3,20})$/i.test(node.getAttribute('color') ?? '')) {
    node.removeAttribute('color');
  }
});

/**
 * Renders the Markdown of a message as nodes for the page. Raw HTML in it is reduced to what Markdown itself can express.
 * Returns undefined when the text is beyond the bounds of size, or of what the parsers can take; it can then be shown as plain text.
 */
export function renderMarkdown(markdown: string): DocumentFragment | undefined {
  const text = boundedText(markdown);
  if (text === undefined) return undefined;
  try {
    bounds.reset();
    const html = marked.parse(text, { async: false });
    return isBounded(html) ? purify(html) : undefined;
  } catch {
    // A pattern of the parser may exhaust the stack: the text is shown all the same.
    return undefined;
  }
}

function purify(html: string): DocumentFragment {
  const content = purifier.sanitize(html, {
    ALLOWED_TAGS: [...allowedTags],
    ALLOWED_ATTR: [...allowedAttributes],
    // What is no address has not to look like one.
    ADD_URI_SAFE_ATTR: ['color', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto|dingtalk):/i,
    RETURN_DOM_FRAGMENT: true,
  });
  // Each outer block has a direction of its own, and what is in it follows: an inner one would not count for the outer.
  for (const block of content.children) block.setAttribute('dir', 'auto');
  return content;
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
  node.setAttribute('referrerpolicy', 'no-referrer');
  if (!node.hasAttribute('alt')) node.setAttribute('alt', '');
}
