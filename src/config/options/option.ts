/** Commands that talk to a server from outside. */
export const clientCommands = ['send', 'status', 'recall', 'ding', 'upload', 'mcp'] as const;
export type ClientCommand = (typeof clientCommands)[number];

export const commands = [
  'dev',
  'serve',
  'migrate',
  'distribute',
  'backup',
  'restore',
  'verify',
  'run',
  ...clientCommands,
  'admin',
  'doctor',
  'completion',
] as const;
export type Command = (typeof commands)[number];

/** One option: the parser, `--help`, the reference page and the example file are all made from this. */
export type Option = {
  /** The key in the configuration file, and (kebab-case, with two dashes) the flag. */
  readonly name: string;
  readonly flag: string;
  readonly short?: string;
  readonly kind: 'string' | 'integer' | 'duration' | 'choice' | 'boolean';
  /** Placeholder of the value in help texts, such as `<path>`. */
  readonly value?: string;
  /** The default value as text. An option without one has `unset`, which describes what happens if it is not set. */
  readonly default?: string;
  readonly unset?: string;
  /** Names of environment variables; the first one that is set wins. */
  readonly environment: readonly string[];
  /** What differs in `dev`. */
  readonly dev?: { readonly default?: string; readonly unset?: string; readonly environment?: readonly string[] };
  readonly choices?: readonly string[];
  /** Inclusive bounds: of a number, of a duration in milliseconds, or of the length of a text in characters. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Error messages never repeat its value. */
  readonly secret?: boolean;
  /** False for a secret, which must not appear in the process list: using its flag is an error. */
  readonly argument?: false;
  /** May be given several times; each value may be a comma-separated list. */
  readonly many?: true;
  /** The value may contain line breaks. */
  readonly lines?: true;
  readonly commands: readonly Command[];
  /** Whether it can be set in the configuration file. */
  readonly inFile: boolean;
  readonly doc: string;
};

/** The text of an option and its source for error messages: `--port`, `HUIZHI_PORT` or `huizhi.yaml:3: port`. */
export type OptionValue = { readonly text: string; readonly source: string };
