import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { ClientError, type Receipt, type Recipient } from '../../client/index.ts';
import { listReaders } from '../client/groups.ts';
import type { Agent } from './agent.ts';
import { callClient, refuse, renderFailure, succeed, type ToolResult } from './results.ts';
import { groupArgument } from './send-tool.ts';

const annotations = { readOnlyHint: true, openWorldHint: true };
const keyArgument = z.string().min(1).max(500);
export const keysArgument = z
  .array(keyArgument)
  .min(1)
  .max(50)
  .describe('processQueryKeys, as send_message returned them');
/** A key with the error of its call. */
export const failedKey = z.object({
  processQueryKey: z.string(),
  code: z.string(),
  message: z.string().optional(),
  advice: z.string(),
  requestId: z.string().optional(),
});

const person = z.object({ userId: z.string(), name: z.string() });
const receipts = z.object({
  messages: z.array(
    z.object({
      processQueryKey: z.string(),
      status: z.enum(['SUCCESS', 'RECALLED', 'PROCESSING']),
      unread: z.array(person).describe('Who has not read it'),
      read: z.array(person.extend({ readAt: z.string().optional().describe('When, in UTC') })),
      left: z.number().describe('How many of the unread have left the organization'),
    }),
  ),
  failed: z.array(failedKey).describe('Messages that could not be queried'),
});
const readers = z.object({
  processQueryKey: z.string(),
  group: z.string(),
  readers: z.array(z.string()).describe('userIds in the order of reading'),
});
const found = z.object({
  found: z.array(z.object({ mobile: z.string(), userId: z.string() })),
  unknown: z.array(z.string()).describe('Mobiles of nobody whom the app may see'),
});

/** Adds `who_has_not_read`, `group_readers` and `find_users`. */
export function addQueryTools(server: McpServer, agent: Agent): void {
  const { client, access } = agent;
  server.registerTool(
    'who_has_not_read',
    {
      title: 'Who has not read a message',
      description: 'Returns who has read messages to users, and who has not.',
      inputSchema: z.strictObject({ keys: keysArgument }),
      outputSchema: receipts,
      annotations,
    },
    ({ keys }, { mcpReq }) => readReceipts(agent, keys, mcpReq.signal),
  );
  server.registerTool(
    'group_readers',
    {
      title: 'Who has read a message to a group',
      description: 'Returns which members of a group have read a message; the API does not say who has not.',
      inputSchema: z.strictObject({ group: groupArgument, key: keyArgument }),
      outputSchema: readers,
      annotations,
    },
    ({ group, key }, { mcpReq }) =>
      callClient(access, async () => {
        const message = { openConversationId: group, processQueryKey: key };
        const userIds = await listReaders(client, message, { signal: mcpReq.signal });
        return succeed({ processQueryKey: key, group, readers: userIds });
      }),
  );
  server.registerTool(
    'find_users',
    {
      title: 'Find users by mobile',
      description: 'Returns the userIds of the users with these mobile numbers.',
      inputSchema: z.strictObject({ mobiles: z.array(z.string().min(1).max(30)).min(1).max(20) }),
      outputSchema: found,
      annotations,
    },
    ({ mobiles }, { mcpReq }) =>
      callClient(access, async () => succeed(await client.findUsers(mobiles, { signal: mcpReq.signal }))),
  );
}

async function readReceipts(agent: Agent, keys: readonly string[], signal: AbortSignal): Promise<ToolResult> {
  const { client, access } = agent;
  const messages: object[] = [];
  const failed: z.output<typeof failedKey>[] = [];
  let first: ClientError | undefined;
  for (const processQueryKey of new Set(keys)) {
    try {
      messages.push(renderReceipt(await client.readStatus(processQueryKey, { signal })));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      first ??= error;
      failed.push({ processQueryKey, ...renderFailure(error, access) });
    }
  }
  if (first && messages.length === 0) return refuse(renderFailure(first, access), { messages, failed });
  return succeed({ messages, failed });
}

function renderReceipt({ processQueryKey, status, recipients, left }: Receipt) {
  const identify = ({ userId, name }: Recipient) => ({ userId, name });
  const read = recipients.filter((one) => one.read);
  return {
    processQueryKey,
    status,
    unread: recipients.filter((one) => !one.read).map(identify),
    read: read.map((one) => ({
      ...identify(one),
      ...(one.readAt === undefined ? {} : { readAt: new Date(one.readAt).toISOString() }),
    })),
    left,
  };
}
