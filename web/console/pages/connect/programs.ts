/** The programs of the documentation in which the values of a server are filled in. */

/** A program of the documentation: its language, the commands that install and run it, and its code. */
export type Program = { readonly name: string; readonly commands: readonly string[]; readonly code: string };

/** The values of a server. Without a secret, the reader puts it in. */
export type Values = {
  /** Host and port. */
  readonly host: string;
  readonly isSecure: boolean;
  readonly appKey: string;
  readonly appSecret: string | null;
  readonly robotCode: string;
  readonly userId: string;
};

/** The demo data with which the programs are written. */
const demo = {
  host: '127.0.0.1:8720',
  appKey: 'dingappinternal',
  appSecret: 's3cret-internal',
  robotCode: 'dingzxcifuvdfbvegdf',
} as const;

/** Reads the programs of a page of the documentation: the sections that begin with a heading and have one code block. */
export function parsePrograms(page: string): readonly Program[] {
  return page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [, name, intro = '', code] = /^([^\n]+)\n(.*?)^```\w+\n(.*?)^```$/ms.exec(section) ?? [];
      if (name === undefined || code === undefined) return [];
      const commands = [...intro.matchAll(/`([^`]+)`/g)].flatMap(([, command]) => command ?? []);
      return [{ name, commands: commands.filter((command) => commandPattern.test(command)), code: code.trimEnd() }];
    });
}

/** What can be pasted into a shell, unlike names of options in the same sentences. */
const commandPattern = /^(?:pip|python|go|npm|node|composer|php|dotnet|c\+\+) /;

/** Characters that need no escape in a string of any of the languages, nor in a shell. */
const isPlain = (text: string) => /^[\p{L}\p{M}\p{N} ._:@+=/-]+$/u.test(text);

/** Returns the names of the values that cannot be filled in, because they need escapes. */
export function findSpecial({ appKey, appSecret, robotCode, userId }: Values): readonly string[] {
  const all = Object.entries({ appKey, appSecret: appSecret ?? '-', robotCode, userId });
  return all.flatMap(([name, value]) => (isPlain(value) ? [] : [name]));
}

/** Fills values into a program that was written for the demo data. A missing or special value becomes its name in `<>`. */
export function fillIn(code: string, { host, isSecure, userId, ...values }: Values): string {
  const plain = (name: string, value: string | null) => (value !== null && isPlain(value) ? value : `<${name}>`);
  const filled: readonly (readonly [string, string])[] = [
    [demo.host, host],
    [demo.appKey, plain('appKey', values.appKey)],
    [demo.appSecret, plain('appSecret', values.appSecret)],
    [demo.robotCode, plain('robotCode', values.robotCode)],
  ];
  const byDemo = new Map(filled);
  const pattern = new RegExp(filled.map(([text]) => text.replaceAll('.', '\\.')).join('|'), 'g');
  const withValues = code
    .replace(/(["'])user001\1, *\1user002\1/g, (_, quote: string) => `${quote}${plain('userId', userId)}${quote}`)
    .replace(pattern, (found) => byDemo.get(found) ?? found);
  return isSecure ? withValues.replace(/(["'])http\1/g, '$1https$1').replaceAll('http://', 'https://') : withValues;
}
