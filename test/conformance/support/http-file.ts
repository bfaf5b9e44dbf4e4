/** Reads a file of requests for editors, in the form of REST Client or of JetBrains. */

/** A request as the file has it, with variables in it. */
export type FileRequest = {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  /** What its response handler saves. */
  readonly saved: readonly Saved[];
};

type Saved = { readonly variable: string; readonly place: string; readonly isEncoded: boolean };

/** The requests of a file, and the definitions of its variables. */
export type RequestFile = {
  readonly requests: readonly FileRequest[];
  readonly definitions: ReadonlyMap<string, string>;
};

/** Parses a file. */
export function parseRequests(text: string): RequestFile {
  const definitions = new Map<string, string>();
  const requests: FileRequest[] = [];
  for (const part of text.split(/^###.*$/m)) {
    const lines = part.split('\n');
    const first = lines.findIndex((line) => /^[A-Z]+ \S/.test(line));
    const head = first < 0 ? lines : lines.slice(0, first);
    for (const line of head) {
      const [, name = '', value = ''] = /^@(\w+) = (.*)$/.exec(line) ?? [];
      if (name !== '') definitions.set(name, value);
    }
    if (first >= 0) requests.push(parseRequest(head, lines.slice(first)));
  }
  return { requests, definitions };
}

function parseRequest(head: readonly string[], lines: readonly string[]): FileRequest {
  const [, name = ''] = /^# @name (\w+)$/m.exec(head.join('\n')) ?? [];
  const [method = '', url = ''] = lines[0]?.split(' ') ?? [];
  const [before = '', handler = ''] = lines
    .slice(1)
    .join('\n')
    .split(/^> \{%$/m);
  const [, headers = '', rest = ''] = /^((?:[\w-]+: .*\n)*)\n*([\s\S]*)$/.exec(before) ?? [];
  const body = rest.trimEnd();
  return {
    name,
    method,
    url,
    headers: [...headers.matchAll(/^([\w-]+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
    body: body === '' ? undefined : body,
    saved: parseHandler(handler),
  };
}

function parseHandler(text: string): readonly Saved[] {
  const call = /global\.set\("(\w+)", (encodeURIComponent\()?(?:JSON\.stringify\()?response\.body\.?(.*?)\)*;$/gm;
  return [...text.matchAll(call)].map(([, variable = '', encoded, place = '']) => ({
    variable,
    place: place === '' ? '*' : place,
    isEncoded: encoded !== undefined,
  }));
}

/** The values of variables while the requests of a file are sent. */
export type Values = {
  /** Replaces the variables in a text. Throws if one has no value. */
  resolve(text: string): string;
  /** Saves what later requests use of a response. Throws if something is missing. */
  save(request: FileRequest, body: unknown): void;
};

/** Creates the values of a file; `given` replaces definitions. */
export function createValues({ definitions }: RequestFile, given: (name: string) => string | undefined): Values {
  const responses = new Map<string, unknown>();
  const globals = new Map<string, string>();
  const find = (reference: string): string => {
    const [, name, place] = /^(\w+)\.response\.body\.(?:\$\.)?(.+)$/.exec(reference) ?? [];
    if (name !== undefined && place !== undefined) return selectPlace(responses.get(name), place);
    const value = given(reference) ?? globals.get(reference);
    if (value !== undefined) return value;
    const defined = definitions.get(reference);
    if (defined === undefined) throw new Error(`no variable is named ${reference}`);
    return resolve(defined);
  };
  const resolve = (text: string): string =>
    text.replaceAll(/\{\{(%?)([^}]+)\}\}/g, (_, percent: string, reference: string) =>
      percent === '' ? find(reference) : encodeURIComponent(find(reference)),
    );
  return {
    resolve,
    save({ name, saved }, body) {
      responses.set(name, body);
      for (const value of definitions.values()) if (value.startsWith(`{{${name}.`)) resolve(value);
      for (const { variable, place, isEncoded } of saved) {
        const text = selectPlace(body, place);
        globals.set(variable, isEncoded ? encodeURIComponent(text) : text);
      }
    },
  };
}

/** The text at a place of a JSON value, such as `list[0].name`; `*` is all of it. */
function selectPlace(value: unknown, place: string): string {
  if (place === '*') return JSON.stringify(value);
  const keys = place.split(/[.[\]]+/).filter((key) => key !== '');
  const found = keys.reduce<unknown>((inner, key) => Object(inner)[key], value);
  if (found === undefined) throw new Error(`${JSON.stringify(value)?.slice(0, 300)} has no ${place}`);
  return typeof found === 'string' ? found : JSON.stringify(found);
}
