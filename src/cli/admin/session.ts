import { type ConsoleClient, createConsoleClient } from '../../client/console/client.ts';
import { UsageError } from '../../config/options.ts';
import type { AdminConfig } from '../../config/read-admin.ts';
import { promptHidden } from '../input.ts';
import { report } from '../output.ts';

/** A call with the client that makes it. */
export type Session = AdminConfig & { readonly client: ConsoleClient };

/** Runs a call; resolves to the exit code. */
export type AdminRun = (session: Session) => Promise<number>;

/** Creates the client of a call. Without a token in the options, prompts for it on a terminal, or throws a UsageError. */
export async function openSession(config: AdminConfig): Promise<Session> {
  const { endpoint, timeout, warning } = config.access;
  if (warning) report([warning]);
  const adminToken = config.adminToken ?? (await promptHidden(`admin token of ${endpoint}: `));
  if (!adminToken) {
    throw new UsageError(
      'No admin token: set HUIZHI_ADMIN_TOKEN in the environment or in a file named with --credentials, or name a file that contains it with --admin-token-file.',
    );
  }
  return { ...config, client: createConsoleClient({ endpoint, timeout, adminToken }) };
}

/** The organization that the call works on. */
export const corpOf = ({ given }: Pick<Session, 'given'>) => ({ corpId: given.need('corpId') });

/** The first operand. */
export const firstOf = ({ operands: [code = ''] }: Session): string => code;
