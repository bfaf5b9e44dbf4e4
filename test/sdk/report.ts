/** One case as reported by a language's own test runner. `name` is the runner's. */
export type Outcome = { readonly name: string; readonly passed: boolean; readonly message: string };

/** Reads the report of pytest, Surefire or Vitest. */
export function fromJunit(xml: string): readonly Outcome[] {
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs);
  return [...cases].map(([, attributes = '', content = '']) => ({
    name: decodeEntities(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    passed: !/<(failure|error|skipped)\b/.test(content),
    message: decodeEntities(content.replace(/<!\[CDATA\[|\]\]>/g, '').trim()),
  }));
}

type GoEvent = { readonly Action: string; readonly Test?: string; readonly Output?: string };

/** Reads the lines of `go test -json`. */
export function fromGo(lines: string): readonly Outcome[] {
  const events = lines.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as GoEvent] : []));
  const ends = events.filter(({ Action, Test }) => Test?.includes('/') && /^(pass|fail|skip)$/.test(Action));
  return ends.map(({ Action, Test = '' }) => ({
    name: Test.slice(Test.indexOf('/') + 1),
    passed: Action === 'pass',
    message: events.map((event) => (event.Test === Test ? (event.Output ?? '') : '')).join(''),
  }));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal));
  });
}
