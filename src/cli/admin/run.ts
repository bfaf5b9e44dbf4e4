import { ClientError } from '../../client/errors.ts';
import type { Noun, VerbOf } from '../../config/admin-calls.ts';
import type { CommandLine, ProcessContext } from '../../config/read.ts';
import { type AdminConfig, readAdminCall, readAdminConfig } from '../../config/read-admin.ts';
import { describeFailedCall, renderError } from '../advice.ts';
import { printJson, report } from '../output.ts';
import { adviseOnAdmin } from './advice.ts';
import { apps } from './apps.ts';
import { customRobots } from './custom-robots.ts';
import { departments } from './departments.ts';
import { endpoints } from './endpoints.ts';
import { groups } from './groups.ts';
import { links } from './links.ts';
import { audit, unread } from './logs.ts';
import { operators } from './operators.ts';
import { organizations } from './organizations.ts';
import { robots } from './robots.ts';
import { type AdminRun, openSession } from './session.ts';
import { users } from './users.ts';

/** The calls of each noun that a server answers. */
const runs: { readonly [N in Exclude<Noun, 'token'>]: Readonly<Record<VerbOf<N>, AdminRun>> } = {
  organizations,
  users,
  departments,
  apps,
  robots,
  groups,
  'custom-robots': customRobots,
  endpoints,
  links,
  operators,
  unread,
  audit,
};

/** Runs `huizhi admin`; resolves to the exit code. */
export async function runAdmin(line: CommandLine, around: ProcessContext): Promise<number> {
  const named = readAdminCall(line);
  if (named.call.isLocal) return (await import('./token.ts')).resetToken(line, around);
  const config = readAdminConfig(named, line, around);
  const run = findRun(named.noun, named.verb);
  try {
    return await run(await openSession(config));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return reportFailure(error, config);
  }
}

function findRun(noun: string, verb: string): AdminRun {
  const verbs: Readonly<Record<string, AdminRun>> | undefined = runs[noun as keyof typeof runs];
  const run = verbs?.[verb];
  if (!run) throw new Error(`no call ${noun} ${verb}`);
  return run;
}

function reportFailure(error: ClientError, { json, access }: AdminConfig): number {
  if (json) printJson([{ error: renderError(error) }]);
  report([describeFailedCall(error, adviseOnAdmin(error, access.endpoint))]);
  return 1;
}
