import { UsageError } from '../values.ts';
import type { Option } from './option.ts';

const mcp = { kind: 'string', commands: ['mcp'], environment: [], inFile: false } as const;

/** Options of `huizhi mcp`. */
export const mcpOptions: readonly Option[] = [
  {
    ...mcp,
    name: 'allowTo',
    flag: '--allow-to',
    value: '<userId,…>',
    unset: 'nobody',
    many: true,
    maximum: 1_000_000,
    doc: 'Users to whom the agent may send. Separate several userIds with commas, or repeat the option.',
  },
  {
    ...mcp,
    name: 'allowFile',
    flag: '--allow-file',
    value: '<path>',
    unset: 'none',
    doc: 'A file with more users to whom the agent may send: a userId at the beginning of each line, alone or before a comma.',
  },
  {
    ...mcp,
    name: 'allowGroup',
    flag: '--allow-group',
    value: '<openConversationId,…>',
    unset: 'none',
    many: true,
    maximum: 1_000_000,
    doc: 'Groups to which the agent may send.',
  },
  {
    ...mcp,
    kind: 'boolean',
    name: 'allowEverybody',
    flag: '--allow-everybody',
    doc: 'The agent may send to every user and group that the robot reaches.',
  },
  {
    ...mcp,
    kind: 'integer',
    name: 'maxRecipients',
    flag: '--max-recipients',
    value: '<number>',
    default: '20',
    minimum: 1,
    maximum: 1000,
    doc: 'Number of users to whom one call of the agent may send.',
  },
  {
    ...mcp,
    kind: 'boolean',
    name: 'confirm',
    flag: '--confirm',
    doc: 'The person who uses the agent confirms each send and each recall, in a client that supports elicitation.',
  },
];

/** What an agent may do through `huizhi mcp`. */
export type McpRules = {
  /** Users and groups to which it may send. */
  readonly users: readonly string[];
  /** The path of a file with more users. */
  readonly usersFile: string | undefined;
  readonly groups: readonly string[];
  readonly everybody: boolean;
  readonly maxRecipients: number;
  /** Whether a person confirms each send and recall. */
  readonly confirm: boolean;
};

/** Reads the options of `huizhi mcp` that say what an agent may do. Throws a UsageError if they contradict each other. */
export function readMcpRules(
  text: (name: string) => string | undefined,
  has: (name: string) => boolean,
  maxRecipients: number,
): McpRules {
  const list = (name: string) => (text(name) ?? '').split(',').flatMap((one) => one.trim() || []);
  const named = ['allowTo', 'allowFile', 'allowGroup'].filter((name) => text(name) !== undefined);
  if (has('allowEverybody') && named.length > 0)
    throw new UsageError('--allow-everybody and lists of users or groups exclude each other: leave out one of them.');
  return {
    users: list('allowTo'),
    usersFile: text('allowFile'),
    groups: list('allowGroup'),
    everybody: has('allowEverybody'),
    maxRecipients,
    confirm: has('confirm'),
  };
}
