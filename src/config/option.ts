/** Commands that talk to a server from outside. */
export const clientCommands = ['send', 'status', 'recall'] as const;
export type ClientCommand = (typeof clientCommands)[number];

export const commands = ['dev', 'serve', 'migrate', ...clientCommands, 'doctor', 'completion'] as const;
export type Command = (typeof commands)[number];

/** One option: the parser, `--help`, the reference page and the example file are all made from this. */
export type Option = {
  /** The key in the configuration file, and (kebab-case, with two dashes) the flag. */
  readonly name: string;
  readonly flag: string;
  readonly short?: string;
  readonly kind: 'string' | 'integer' | 'duration' | 'choice' | 'boolean';
  /** What stands for the value in help texts. */
  readonly value?: string;
  /** As it would be written; `unset` says instead what happens when nobody sets it. */
  readonly default?: string;
  readonly unset?: string;
  /** The first that is set wins. */
  readonly environment: readonly string[];
  /** Where `dev` differs. */
  readonly dev?: { readonly default?: string; readonly unset?: string; readonly environment?: readonly string[] };
  readonly choices?: readonly string[];
  /** Bounds of a number, of a duration in milliseconds, of a text in characters; both inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Its value is never repeated in a message. */
  readonly secret?: boolean;
  /** False for what must not stand in the list of processes: the flag is refused, and only names it. */
  readonly argument?: false;
  /** May be given several times; each value may be a list with commas. */
  readonly many?: true;
  /** The value may have several lines. */
  readonly lines?: true;
  readonly commands: readonly Command[];
  /** Whether the configuration file may hold it. */
  readonly inFile: boolean;
  readonly doc: string;
};

/** What an option was set to, and what to call its source in a complaint: `--port`, `HUIZHI_PORT`, `huizhi.yaml:3: port`. */
export type Given = { readonly text: string; readonly source: string };
