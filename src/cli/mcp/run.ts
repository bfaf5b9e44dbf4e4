import { once } from 'node:events';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { McpRules } from '../../config/options/mcp-options.ts';
import { UsageError } from '../../config/options.ts';
import { readVersion } from '../../package-root.ts';
import { connectWithoutPrompt } from '../client/connect.ts';
import { readUserFile } from '../client/recipients.ts';
import type { ClientRun } from '../command.ts';
import { report } from '../output.ts';
import { type Agent, type Allowed, describeAllowed, maySend } from './agent.ts';
import { addQueryTools } from './query-tools.ts';
import { addRecallTool } from './recall-tool.ts';
import { addSendTool } from './send-tool.ts';

/**
 * `huizhi mcp`: serves the Model Context Protocol on stdin and stdout until stdin ends. Without a list of recipients the
 * agent can only query.
 */
export const mcp: ClientRun = async ({ access, mcp: rules }) => {
  if (!rules) throw new Error('mcp without rules');
  const allowed = await readAllowed(rules);
  const agent: Agent = { client: connectWithoutPrompt(access), access, allowed, rules };
  const ended = Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close')]);
  const server = serveStdio(() => createServer(agent), { onerror: ({ message }) => report([`MCP: ${message}`]) });
  if (process.stdin.isTTY) report(['huizhi mcp reads MCP messages from stdin: name it as a server in an MCP client.']);
  await ended;
  await server.close();
  return 0;
};

async function readAllowed({ users, usersFile, groups, everybody }: McpRules): Promise<Allowed> {
  if (usersFile === '-') throw new UsageError('--allow-file - is impossible: standard input carries the protocol.');
  const listed = usersFile === undefined ? [] : await readUserFile(usersFile, '--allow-file', true);
  return everybody ? 'everybody' : { users: new Set([...users, ...listed]), groups: new Set(groups) };
}

function createServer(agent: Agent): McpServer {
  const info = { name: 'huizhi', title: 'huizhi', version: readVersion() };
  const server = new McpServer(info, { instructions: describeTask(agent) });
  addQueryTools(server, agent);
  if (!maySend(agent.allowed)) return server;
  addSendTool(server, agent);
  addRecallTool(server, agent);
  return server;
}

function describeTask(agent: Agent): string {
  return [
    'Robot messages with read receipts: a message goes to users or to one group, and its processQueryKey identifies it',
    `later. A receipt can usually be queried for a day after the send. ${describeAllowed(agent)}`,
  ].join(' ');
}
