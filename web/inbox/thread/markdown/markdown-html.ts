/** The elements that Markdown can express, and `font` for colours. */
export const allowedTags: readonly string[] =
  'a b blockquote br code del em font h3 h4 h5 h6 hr i img li ol p pre s strong sub sup table tbody td th thead tr ul'.split(
    ' ',
  );

export const allowedAttributes: readonly string[] = ['href', 'src', 'alt', 'title', 'color', 'start'];

/** Comments, elements whose content is not HTML, and tags. */
const pieces =
  /<!--[\s\S]*?-->|<(script|style|textarea|title|iframe|noscript|noembed|noframes|xmp|template)\b[\s\S]*?<\/\1\s*>|<\/?[a-z][^<>]*>|[<>]/gi;

const tag = /^<(\/?)([a-z][a-z0-9]*)([^<>]*)>$/i;
const attributes = /([a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'`]+))/gi;

/**
 * Rewrites the raw HTML of a message so that every `<` starts an allowed tag. Its elements can then be counted before
 * the browser parses them. This is not a sanitizer; DOMPurify sanitizes the result.
 */
export function rewriteHtml(html: string): string {
  return html.replace(pieces, (piece) => {
    if (piece === '<') return '&lt;';
    if (piece === '>') return '&gt;';
    const [, slash = '', given = '', rest = ''] = tag.exec(piece) ?? [];
    const name = given.toLowerCase();
    if (!allowedTags.includes(name)) return '';
    return slash === '/' ? `</${name}>` : `<${name}${rewriteAttributes(rest)}>`;
  });
}

function rewriteAttributes(text: string): string {
  const kept = [...text.matchAll(attributes)].map(([, name = '', double, single, bare = '']) => {
    return [name.toLowerCase(), double ?? single ?? bare] as const;
  });
  return kept
    .filter(([name]) => allowedAttributes.includes(name))
    .map(([name, value]) => ` ${name}="${value.replaceAll('"', '&quot;')}"`)
    .join('');
}
