import { ClientError } from '../../client/index.ts';
import type { ClientCommand } from '../../config/options.ts';
import { type CommandLine, type ProcessContext, readConfig } from '../../config/read.ts';
import { readClientConfig } from '../../config/read-client.ts';
import { describeError, renderError } from '../advice.ts';
import type { ClientRun } from '../command.ts';
import { printJson, report } from '../output.ts';

const clientRuns: Readonly<Record<ClientCommand, () => Promise<ClientRun>>> = {
  send: async () => (await import('./send.ts')).send,
  status: async () => (await import('./status.ts')).status,
  recall: async () => (await import('./recall.ts')).recall,
  ding: async () => (await import('./ding.ts')).ding,
  mcp: async () => (await import('../mcp/run.ts')).mcp,
  upload: async () => (await import('./upload.ts')).upload,
};

/** Runs `send`, `status`, `recall`, `ding`, `mcp` or `upload`; resolves to the exit code. */
export async function runClient(command: ClientCommand, line: CommandLine, around: ProcessContext): Promise<number> {
  const config = readClientConfig(command, line, around);
  const start = await clientRuns[command]();
  try {
    return await start(config);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (config.json) printJson([{ error: renderError(error) }]);
    report([describeError(error, config.access)]);
    return 1;
  }
}

/** Runs `huizhi doctor`, which reads the options of `serve` and the options of the client commands. */
export async function runDoctor(line: CommandLine, around: ProcessContext): Promise<number> {
  const { doctor } = await import('../doctor.ts');
  return doctor(() => readConfig('serve', line.flags, around), readClientConfig('doctor', line, around));
}
