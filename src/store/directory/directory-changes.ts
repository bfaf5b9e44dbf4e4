import { type AuditEntry, audit } from '../console/audit.ts';
import { putQuota } from '../dings/outbox.ts';
import { queryRows, StoreError, sql, type Work } from '../engine/sql.ts';
import * as grants from '../grants.ts';
import type { App, Department, NewUser, Organization, Robot, TemplateState, User } from '../model.ts';
import { type ContactChange, changeContacts } from '../people/contacts.ts';
import { dropDepartment, putDepartments, replaceLeaders, replaceScope } from '../people/departments.ts';
import * as former from '../people/former-users.ts';
import * as people from '../people/users.ts';
import { dropSetting, putSetting } from '../settings.ts';
import type { Changes } from './change-writes.ts';
import * as directories from './directory.ts';

/** A change that an operator makes to the directory, to users or to settings. */
export type Change =
  | { readonly organization: Organization }
  | { readonly app: App }
  | { readonly robot: Robot }
  | { readonly installation: { readonly corpId: number; readonly robotId: number; readonly installed: boolean } }
  | { readonly authorization: { readonly corpId: number; readonly appId: number; readonly revokedAt: number | null } }
  | { readonly template: { readonly robot: Robot; readonly kind: number; readonly state: TemplateState } }
  | {
      readonly ticket: {
        readonly corpId: number;
        readonly appId: number;
        readonly ticket: string;
        readonly at: number;
      };
    }
  | {
      readonly code: {
        readonly corpId: number;
        readonly hash: string;
        readonly userId: number;
        readonly until: number;
      };
    }
  | {
      readonly retentionConfirmed: {
        readonly knownTime: readonly [name: string, value: string];
        readonly held: string;
      };
    }
  | { readonly dingQuota: { readonly corpId: number; readonly channel: 2 | 3; readonly quota: number | null } }
  | { readonly users: readonly NewUser[] }
  | { readonly newcomer: NewUser }
  | { readonly renamed: User }
  | { readonly restored: { readonly corpId: number; readonly id: number } }
  | { readonly leaver: Leaver }
  | { readonly departments: readonly Department[] }
  | { readonly droppedDepartment: { readonly corpId: number; readonly id: number } }
  | { readonly leaders: { readonly corpId: number; readonly id: number; readonly userIds: readonly number[] } }
  | { readonly scope: { readonly corpId: number; readonly appId: number; readonly departmentIds: readonly number[] } }
  | { readonly contacts: { readonly corpId: number; readonly changes: readonly ContactChange[] } };

const uninstall = sql('uninstall', `delete from installations where corp_id = $1 and robot_id = $2`);

/** The changes that concern the directory. They replace whole rows, so they must be based on the current version. */
const ofDirectory = [
  'organization',
  'app',
  'robot',
  'installation',
  'authorization',
  'template',
  'departments',
  'droppedDepartment',
  'leaders',
  'scope',
  'contacts',
];

/**
 * Applies changes and appends the entry to the audit log, in the caller's transaction.
 *
 * @param seen the version of the directory that the changes are based on
 * @throws StoreError `stale` if the directory has a newer version, `taken` if a code is in use already
 */
export function* change(
  given: readonly Change[],
  entry: AuditEntry,
  seen: number | undefined,
  changes: Changes,
): Work<void> {
  if (given.some((each) => ofDirectory.some((noun) => noun in each))) {
    // Of two concurrent changes, the second one waits here for the first, and then finds a newer version.
    const version = yield* directories.raiseDirectoryVersion();
    if (seen !== undefined && version !== seen + 1)
      throw new StoreError('stale', `the directory is at version ${version - 1}, not ${seen}`);
  }
  for (const each of given) yield* apply(each, entry, changes);
  yield* audit(entry);
}

function* apply(each: Change, entry: AuditEntry, changes: Changes): Work<void> {
  if ('organization' in each) yield* directories.putOrganization(each.organization);
  else if ('app' in each) yield* directories.putApp(each.app);
  else if ('robot' in each) yield* directories.putRobot(each.robot);
  else if ('installation' in each) yield* applyInstallation(each.installation);
  else if ('authorization' in each) {
    const { corpId, appId, revokedAt } = each.authorization;
    yield* directories.putAuthorization(corpId, appId, revokedAt);
  } else if ('template' in each) {
    yield* directories.putTemplate(each.template.robot, each.template.kind, each.template.state);
  } else if ('ticket' in each) {
    yield* grants.putTicket(each.ticket.corpId, each.ticket.appId, each.ticket.ticket, each.ticket.at);
  } else if ('code' in each) {
    yield* grants.putSignInCode(each.code.corpId, each.code.hash, each.code.userId, each.code.until);
  } else if ('retentionConfirmed' in each) {
    yield* putSetting(...each.retentionConfirmed.knownTime);
    yield* dropSetting(each.retentionConfirmed.held);
  } else if ('dingQuota' in each) {
    yield* putQuota(each.dingQuota.corpId, each.dingQuota.channel, each.dingQuota.quota);
  } else if ('users' in each) yield* people.putUsers(each.users, changes);
  else if ('newcomer' in each) yield* people.createUser(each.newcomer, changes);
  else if ('renamed' in each) yield* people.renameUserTo(each.renamed, changes);
  else if ('restored' in each) yield* former.restoreUser(each.restored.corpId, each.restored.id, changes);
  else if ('leaver' in each) yield* applyLeaver(each.leaver, entry, changes);
  else yield* applyToDepartments(each, changes);
}

type Leaver = { readonly corpId: number; readonly code: string; readonly at: number };

function* applyLeaver({ corpId, code, at }: Leaver, entry: AuditEntry, changes: Changes): Work<void> {
  for (const ended of yield* former.removeUser(corpId, code, at, changes)) {
    const change = { action: 'operator.change', was: { role: ended.role, userId: code }, became: { role: null } };
    yield* audit({ ...entry, ...change, target: ended.code });
  }
}

type DepartmentChange = Extract<
  Change,
  | { readonly departments: unknown }
  | { readonly droppedDepartment: unknown }
  | { readonly leaders: unknown }
  | { readonly scope: unknown }
  | { readonly contacts: unknown }
>;

function* applyToDepartments(each: DepartmentChange, changes: Changes): Work<void> {
  if ('departments' in each) yield* putDepartments(each.departments, changes);
  else if ('droppedDepartment' in each) {
    yield* dropDepartment(each.droppedDepartment.corpId, each.droppedDepartment.id, changes);
  } else if ('leaders' in each) {
    yield* replaceLeaders(each.leaders.corpId, each.leaders.id, each.leaders.userIds, changes);
  } else if ('scope' in each) yield* replaceScope(each.scope.corpId, each.scope.appId, each.scope.departmentIds);
  else yield* changeContacts(each.contacts.corpId, each.contacts.changes, changes);
}

function* applyInstallation({ corpId, robotId, installed }: { corpId: number; robotId: number; installed: boolean }) {
  if (installed) yield* directories.putInstallation(corpId, robotId);
  else {
    yield* directories.raiseDirectoryVersion();
    yield* queryRows(uninstall, corpId, robotId);
  }
}
