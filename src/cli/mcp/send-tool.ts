import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Content, type FailedChunk, SendError, type SendResult } from '../../client/index.ts';
import { createTitle } from '../../config/read-client.ts';
import { isVendorHost } from '../../wire/vendor/hosts.ts';
import { type Agent, describeAllowed, refuseRecipients, runConfirmed } from './agent.ts';
import { callClient, refuse, renderFailure, succeed, type ToolResult } from './results.ts';

/** As long as the options of `huizhi send`. */
const longestText = 15_000;
const text = z.string().min(1).max(longestText);
export const groupArgument = z.string().min(1).max(200).describe('The openConversationId of a group');

const createInput = ({ maxRecipients }: Agent['rules']) =>
  z
    .strictObject({
      to: z
        .array(z.string().min(1).max(200))
        .min(1)
        .max(maxRecipients)
        .optional()
        .describe('userIds of the recipients; either to or group'),
      group: groupArgument.optional(),
      sendId: z
        .string()
        .min(1)
        .max(200)
        .describe(
          'A new id for each message. To repeat a call whose outcome is unknown, use the same id: it sends once',
        ),
      text: text.optional().describe('A plain text; give exactly one of text, markdown and msgKey'),
      markdown: text.optional().describe('A Markdown text'),
      title: z.string().min(1).max(100).optional().describe('Title of the Markdown; by default its first line'),
      msgKey: z.string().min(1).max(100).optional().describe('Another kind of message, such as sampleLink'),
      msgParam: z.record(z.string(), z.unknown()).optional().describe('The fields of msgKey'),
    })
    .refine(({ to, group }) => (to === undefined) !== (group === undefined), { error: 'give either to or group' })
    .refine(({ title, markdown }) => title === undefined || markdown !== undefined, {
      error: 'title belongs to markdown',
    })
    .refine((args) => (args.msgKey === undefined) === (args.msgParam === undefined), {
      error: 'msgKey and msgParam go together',
    })
    .refine((args) => [args.text, args.markdown, args.msgKey].filter((one) => one !== undefined).length === 1, {
      error: 'give exactly one of text, markdown and msgKey',
    });

type Input = z.output<ReturnType<typeof createInput>>;

const userIds = z.array(z.string());
const output = z.object({
  messages: z
    .array(z.object({ processQueryKey: z.string(), userIds: userIds.optional(), group: z.string().optional() }))
    .describe('What was sent; each processQueryKey identifies one message'),
  invalid: userIds.describe('Not sent: unknown to the organization'),
  flowControlled: userIds.describe('Not sent: the robot has sent them too much'),
  filtered: userIds.describe('Not sent: they have blocked the robot'),
  failed: z
    .array(
      z.object({
        userIds,
        outcome: z.enum(['refused', 'unknown', 'notTried']),
        code: z.string(),
        message: z.string(),
        advice: z.string(),
        requestId: z.string().optional(),
      }),
    )
    .describe('Calls that failed; with the outcome unknown, the same sendId can be repeated'),
});

/** Adds `send_message`. */
export function addSendTool(server: McpServer, agent: Agent): void {
  const isVendor = isVendorHost(new URL(agent.access.endpoint).hostname);
  server.registerTool(
    'send_message',
    {
      title: 'Send a message',
      description: `Sends a message of the robot to users or to one group. ${describeAllowed(agent)}`,
      inputSchema: createInput(agent.rules),
      outputSchema: output,
      // The vendor does not know the header that makes a send repeatable.
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: !isVendor, openWorldHint: true },
    },
    async (input, context) => {
      const refused = refuseRecipients(agent, input.to ?? [], input.group);
      if (refused) return refused;
      return runConfirmed(agent, context, describeSend(input), () =>
        callClient(agent.access, () => send(agent, input, context.mcpReq.signal)),
      );
    },
  );
}

const longestExcerpt = 300;

function describeSend({ to, group, text, markdown, msgKey, msgParam }: Input): string {
  const content = text ?? markdown ?? `${msgKey} ${JSON.stringify(msgParam)}`;
  const excerpt = content.length > longestExcerpt ? `${content.slice(0, longestExcerpt)}…` : content;
  return `Send to ${group === undefined ? to?.join(', ') : `the group ${group}`}:\n\n${excerpt}`;
}

async function send({ client, access }: Agent, input: Input, signal: AbortSignal): Promise<ToolResult> {
  const { to = [], group, sendId: idempotencyKey } = input;
  const content = selectContent(input);
  if (group !== undefined) {
    const { processQueryKey } = await client.sendToGroup({
      ...content,
      openConversationId: group,
      idempotencyKey,
      signal,
    });
    return succeed(renderSent({ ...nothing, messages: [{ processQueryKey, group }] }));
  }
  try {
    return succeed(renderSent(renderResult(await client.send({ ...content, to, idempotencyKey, signal }), access)));
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return refuse(renderFailure(error, access), renderSent(renderResult(error.result, access)));
  }
}

function selectContent({ text, markdown, title, msgKey = '', msgParam = {} }: Input): Content {
  if (text !== undefined) return { text };
  if (markdown === undefined) return { msgKey, msgParam };
  return { markdown: { title: title ?? createTitle(markdown), text: markdown } };
}

type Output = z.output<typeof output>;

const nothing: Output = { messages: [], invalid: [], flowControlled: [], filtered: [], failed: [] };

/** Checks the type of a result. */
const renderSent = (sent: Output): Record<string, unknown> => sent;

function renderResult({ messages, invalid, flowControlled, filtered, failed }: SendResult, access: Agent['access']) {
  const describeChunk = ({ userIds: whom, outcome, error }: FailedChunk) => {
    const { code, message, advice, requestId } = renderFailure(error, access);
    return { userIds: [...whom], outcome, code, message, advice, ...(requestId === undefined ? {} : { requestId }) };
  };
  return {
    messages: messages.map((one) => ({ processQueryKey: one.processQueryKey, userIds: [...one.userIds] })),
    invalid: [...invalid],
    flowControlled: [...flowControlled],
    filtered: [...filtered],
    failed: failed.map(describeChunk),
  };
}
