import { replaceAdminToken } from '../../admin-token.ts';
import { UsageError } from '../../config/options.ts';
import { type CommandLine, type ProcessContext, readConfig } from '../../config/read.ts';
import { shownDatabase } from '../../server.ts';
import { describeCommandError } from '../failure.ts';
import { print, printJson, report } from '../output.ts';

/**
 * `huizhi admin token reset`: replaces the admin token in the database, and prints the new one. It needs no old token,
 * but the right to write the database. Returns 1 if the database cannot be written.
 */
export async function resetToken({ flags }: CommandLine, around: ProcessContext): Promise<number> {
  // The old token may still be in the environment of a shell.
  const { HUIZHI_ADMIN_TOKEN: _token, HUIZHI_ADMIN_TOKEN_FILE: _file, ...environment } = around.environment;
  const config = await readConfig('admin', flags, { ...around, environment });
  if (config.adminToken !== undefined)
    throw new UsageError('The configuration file has the admin token: change it there, and restart the server.');
  const isDryRun = flags.has('dryRun');
  try {
    const { adminToken, by } = await replaceAdminToken(config, isDryRun);
    if (isDryRun)
      report([`Would have replaced the admin token of ${shownDatabase(config.database)}; nothing was changed.`]);
    else printToken(adminToken, by === 'server' ? 'The running server has replaced' : 'Replaced', config);
    return 0;
  } catch (error) {
    report([describeCommandError(error, config)]);
    return 1;
  }
}

function printToken(adminToken: string, did: string, { json, database }: { json: boolean; database: string }): void {
  if (json) printJson([{ adminToken }]);
  else print([`admin token ${adminToken}   (shown only once; store it safely)`]);
  report([
    `${did} the admin token of ${shownDatabase(database)}; the old one and its sessions have ended.`,
    'A server that gets its token from HUIZHI_ADMIN_TOKEN or --admin-token-file keeps that one: change it there.',
  ]);
}
