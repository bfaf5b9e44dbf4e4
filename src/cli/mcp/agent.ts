/** What the tools of `huizhi mcp` have in common: the client, the rules for recipients, confirmations. */
import { acceptedContent, inputRequired, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Client } from '../../client/index.ts';
import type { McpRules } from '../../config/options/mcp-options.ts';
import type { Access } from '../../config/read-client.ts';
import { refuse, type ToolResult } from './results.ts';

/** Users and groups to which the agent may send. */
export type Allowed = 'everybody' | { readonly users: ReadonlySet<string>; readonly groups: ReadonlySet<string> };

export type Agent = {
  readonly client: Client;
  readonly access: Access;
  readonly allowed: Allowed;
  readonly rules: McpRules;
};

/** Whether there is anybody to whom the agent may send. */
export const maySend = (allowed: Allowed): boolean =>
  allowed === 'everybody' || allowed.users.size + allowed.groups.size > 0;

/** Lists longer than this are counted instead. */
const longestList = 50;

/** Describes for the agent to whom it may send. */
export function describeAllowed({ allowed, rules }: Pick<Agent, 'allowed' | 'rules'>): string {
  if (!maySend(allowed)) return 'This server can only query: it was started without recipients.';
  const most = `at most ${rules.maxRecipients} users in one call`;
  if (allowed === 'everybody') return `Messages may go to every user and group of the robot, ${most}.`;
  const lists = [describeList('users', allowed.users), describeList('groups', allowed.groups)].filter(Boolean);
  return `Messages may go only to ${lists.join(' and ')}, ${most}.`;
}

function describeList(what: string, codes: ReadonlySet<string>): string {
  if (codes.size === 0) return '';
  return codes.size > longestList ? `${codes.size} ${what}` : `the ${what} ${[...codes].join(', ')}`;
}

/** Returns a refusal if the agent may not send to all of these users or to this group; nothing is sent then. */
export function refuseRecipients(
  { allowed, rules }: Agent,
  users: readonly string[],
  group: string | undefined,
): ToolResult | undefined {
  if (allowed === 'everybody') return undefined;
  const refused = [
    ...users.filter((userId) => !allowed.users.has(userId)),
    ...(group === undefined || allowed.groups.has(group) ? [] : [group]),
  ];
  if (refused.length === 0) return undefined;
  return refuse({
    code: 'recipientNotAllowed',
    message: `Nothing was sent, because messages to ${refused.join(', ')} are not allowed.`,
    advice: `${describeAllowed({ allowed, rules })} Only the operator can extend the list, with --allow-to or --allow-group.`,
  });
}

const confirmation = z.object({ confirm: z.boolean().describe('Whether huizhi may do this') });

/** Runs an action, with `--confirm` only after the person who uses the agent has confirmed it. */
export async function runConfirmed(
  { rules }: Agent,
  { mcpReq }: ServerContext,
  question: string,
  action: () => Promise<ToolResult>,
): Promise<ToolResult | ReturnType<typeof inputRequired>> {
  if (!rules.confirm) return action();
  const { inputResponses } = mcpReq;
  if (inputResponses?.confirm === undefined)
    return inputRequired({
      inputRequests: { confirm: inputRequired.elicit({ message: question, requestedSchema: confirmation }) },
    });
  if (acceptedContent(inputResponses, 'confirm', confirmation)?.confirm === true) return action();
  return refuse({
    code: 'notConfirmed',
    message: 'The user has not confirmed this; nothing was done.',
    advice: 'Do not repeat the call unless the user wants it.',
  });
}
