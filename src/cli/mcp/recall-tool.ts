import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Agent, refuseRecipients, runConfirmed } from './agent.ts';
import { failedKey, keysArgument } from './query-tools.ts';
import { adviseAgent, callClient, succeed, type ToolResult } from './results.ts';
import { groupArgument } from './send-tool.ts';

const output = z.object({
  recalled: z.array(z.string()).describe('processQueryKeys of recalled messages'),
  failed: z.array(failedKey),
});

/** Adds `recall_message`. */
export function addRecallTool(server: McpServer, agent: Agent): void {
  server.registerTool(
    'recall_message',
    {
      title: 'Recall messages',
      description: 'Removes messages of the robot from the inboxes of their recipients, within a day after the send.',
      inputSchema: z.strictObject({ keys: keysArgument, group: groupArgument.optional() }),
      outputSchema: output,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    async ({ keys, group }, context) => {
      const refused = refuseRecipients(agent, [], group);
      if (refused) return refused;
      const where = group === undefined ? '' : ` to the group ${group}`;
      const question = `Recall ${keys.length === 1 ? 'the message' : `${keys.length} messages`}${where}: ${keys.join(', ')}`;
      return runConfirmed(agent, context, question, () =>
        callClient(agent.access, () => recall(agent, keys, group, context.mcpReq.signal)),
      );
    },
  );
}

async function recall(
  { client, access }: Agent,
  keys: readonly string[],
  group: string | undefined,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { recalled, failed } = await (group === undefined
    ? client.recall(keys, { signal })
    : client.recallFromGroup(group, keys, { signal }));
  const advised = failed.map((one) => ({ ...one, advice: adviseAgent(one, access) }));
  return { ...succeed({ recalled, failed: advised }), isError: recalled.length === 0 };
}
