import type { CallToolResult } from '@modelcontextprotocol/server';
import { ClientError } from '../../client/index.ts';
import type { Access } from '../../config/read-client.ts';
import { adviseOn, renderError } from '../advice.ts';

export type ToolResult = CallToolResult;

/** Returns a result as structured content, and as JSON for agents that read only text. */
export const succeed = (structuredContent: Record<string, unknown>): ToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
  structuredContent,
});

type Failure = {
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  readonly requestId?: string | undefined;
};

/** Returns an error of a tool, which the agent reads; `more` is what was done nevertheless. */
export function refuse(error: Failure, more: Record<string, unknown> = {}): ToolResult {
  const structuredContent = { ...more, error };
  return { ...succeed(structuredContent), isError: true };
}

/** Runs a call of the client; an error of the client becomes one of the tool. */
export async function callClient(access: Access, call: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ClientError) return refuse(renderFailure(error, access));
    throw error;
  }
}

export const renderFailure = (error: ClientError, access: Access): Failure => ({
  ...renderError(error),
  advice: adviseAgent(error, access),
});

/** Advice that names arguments of the tools instead of options of the commands. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^processQueryKey\.expireTime$|^robot\.processQueryKey\.expired$/, ''],
  [/processQueryKey/, 'Use a whole key as send_message returned it, of a message of this robot.'],
  [/^(miss\.param|invalidParameter\.msg)/, 'Correct msgKey and msgParam, or send text or markdown.'],
  [/userIds|^staffId|^miss\.staffId$/, 'Check the userIds in to; find_users finds users by mobile.'],
  [/openConversationId/, 'Check group: the robot must be a member of it.'],
  [/^huizhi\.idempotencyMismatch$/, 'This sendId belongs to another message: use a new one for a new message.'],
];

/** Returns what an agent can do about an error code, as one sentence. */
export function adviseAgent(error: { readonly code: string }, access: Access): string {
  const [, advice] = rules.find(([pattern]) => pattern.test(error.code)) ?? [];
  return advice || adviseOn(error, access);
}
