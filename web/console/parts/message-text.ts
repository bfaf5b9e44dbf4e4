import type { Texts } from '../texts/index.ts';

/** The part of a msgParam that a list shows, in one line. */
export function summaryOf(msgParam: string | null): string {
  if (msgParam === null) return '';
  try {
    const { title, content, text, fileName, photoURL } = JSON.parse(msgParam) as Record<string, unknown>;
    const found = [title, content, text, fileName, photoURL].find((part) => typeof part === 'string' && part.trim());
    return typeof found === 'string' ? found.replace(/\s+/g, ' ').trim().slice(0, 200) : '';
  } catch {
    return '';
  }
}

/** The name of a message kind, or its msgKey when it is none that is known. */
export function kindOf(msgKey: string, { kinds }: Texts): string {
  return (Object.hasOwn(kinds, msgKey) ? kinds[msgKey] : undefined) ?? msgKey;
}

/** Deepest JSON that is indented: an indent for each level makes a deep text quadratic. */
const maxDepth = 40;

/** Characters that are shown of a text. */
const maxLength = 100_000;

/** JSON with indents, as far as it can be shown; what is no JSON stays as it is. */
export function indented(json: string): string {
  const text = depthOf(json) > maxDepth ? json : reindented(json);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function reindented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function depthOf(json: string): number {
  let [depth, most] = [0, 0];
  for (const [piece] of json.matchAll(/"(?:\\.|[^"\\])*"|[[\]{}]/gs)) {
    if (piece === '[' || piece === '{') depth += 1;
    else if (piece === ']' || piece === '}') depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}
