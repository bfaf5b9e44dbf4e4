import createPurifier from 'dompurify';
import { Marked } from 'marked';
import { sayTextOf } from '../../compose/say-links.ts';
import { pictureUrl, safeUrl } from './links.ts';
import { boundedText, createBounds, isBounded } from './markdown-bounds.ts';
import { allowedAttributes, allowedTags, rewriteHtml } from './markdown-html.ts';

const bounds = createBounds();

const marked = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: bounds.tokenizer,
  // The page uses h1 and h2 itself, so the headings of a message start at h3.
  walkTokens: (token) => {
    if (token.type === 'heading') token.depth = Math.min(6, token.depth + 2);
  },
  renderer: {
    // Checkboxes in a message are not interactive, so they are shown as characters.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    html: ({ text }) => rewriteHtml(text),
    // Inside raw <pre> or <code> elements marked does not escape text.
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
 * Renders the Markdown of a message as DOM nodes. Raw HTML is reduced to the elements that Markdown can express.
 * Returns undefined if the text exceeds a limit or cannot be parsed; show it as plain text then.
 */
export function renderMarkdown(markdown: string): DocumentFragment | undefined {
  const text = boundedText(markdown);
  if (text === undefined) return undefined;
  try {
    bounds.reset();
    const html = marked.parse(text, { async: false });
    return isBounded(html) ? purify(html) : undefined;
  } catch {
    // A pattern of the parser may overflow the stack; the text is shown as plain text then.
    return undefined;
  }
}

function purify(html: string): DocumentFragment {
  const content = purifier.sanitize(html, {
    ALLOWED_TAGS: [...allowedTags],
    ALLOWED_ATTR: [...allowedAttributes],
    // These attributes are not URLs, so they need not match ALLOWED_URI_REGEXP.
    ADD_URI_SAFE_ATTR: ['color', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto|dingtalk|dtmd):/i,
    RETURN_DOM_FRAGMENT: true,
  });
  // Only outer blocks get a direction. An element with its own `dir` is ignored when the browser determines the
  // direction of its parent.
  for (const block of content.children) block.setAttribute('dir', 'auto');
  return content;
}

/**
 * Replaces the links that send a text by buttons, which have the address as their value, and show the text. Where the
 * reader cannot send anything, they are plain text.
 */
export function showSayLinks(content: DocumentFragment, canSay: boolean): void {
  for (const link of content.querySelectorAll('a[href^="dtmd:" i]')) {
    const text = sayTextOf(link.getAttribute('href') ?? undefined);
    if (text === undefined || !canSay) {
      link.removeAttribute('href');
      continue;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'say-link';
    button.value = link.getAttribute('href') ?? '';
    const label = (link.textContent ?? '').trim();
    button.replaceChildren(...link.childNodes);
    if (label !== text.trim()) {
      const shown = document.createElement('small');
      shown.textContent = ` ${text}`;
      button.append(shown);
    }
    link.replaceWith(button);
  }
}

function secureLink(node: Element): void {
  if (sayTextOf(node.getAttribute('href') ?? undefined) !== undefined) return;
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
