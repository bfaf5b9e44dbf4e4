/** What an operator may do in one request: with which right, and in which organizations. */
import type { Directory } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { ConsoleRight } from '../../wire/own/console-rights.ts';
import { hasRight, rightsOf, seesOnlyOwnMessages } from '../../wire/own/console-roles.ts';
import { redactAddress } from '../callbacks/post.ts';
import type { Operator } from '../console/operators.ts';
import type { Context, LiveDirectory } from '../context.ts';
import { findRole, type RoleGrant, selectGrants } from './grants.ts';
import type { Scope } from './scope-type.ts';

/** Returns the rights that an operator has in at least one organization. */
export function listRights({ grants }: Pick<Operator, 'grants'>): readonly ConsoleRight[] {
  return [...new Set(grants.flatMap(({ role, corpId }) => rightsOf(role, corpId === 0)))];
}

/**
 * Checks that an operator has a right in at least one organization. Returns the operator with the roles that have it, for
 * the audit log, and the scope of the request. Throws `huizhi.forbidden`.
 */
export function authorize(operator: Operator, right: ConsoleRight): { operator: Operator; scope: Scope } {
  const fitting = operator.grants.filter(({ role, corpId }) => hasRight(role, corpId === 0, right));
  if (fitting.length === 0) throw huizhiError('huizhi.forbidden', `the call needs the right ${right}`);
  const actor = { ...operator.actor, roleIn: (corpId: number) => findRole(fitting, corpId) ?? '' };
  return { operator: { ...operator, actor }, scope: createScope(operator, fitting) };
}

/** The scope of a request whose call needs no right: it includes nothing. */
export const emptyScope: Scope = createScope({ grants: [], account: undefined }, []);

function createScope({ grants, account }: Pick<Operator, 'grants' | 'account'>, fitting: readonly RoleGrant[]): Scope {
  const isAll = fitting.some(({ corpId }) => corpId === 0);
  return {
    isAll,
    includes: (corpId) => selectGrants(fitting, corpId).length > 0,
    sees: (corpId) => selectGrants(grants, corpId).length > 0,
    has: (right, corpId) =>
      selectGrants(grants, corpId).some((grant) => hasRight(grant.role, grant.corpId === 0, right)),
    onlySentBy: (corpId) =>
      selectGrants(fitting, corpId).every(({ role }) => seesOnlyOwnMessages(role)) ? account?.id : undefined,
    corpIds: isAll ? undefined : fitting.map(({ corpId }) => corpId),
  };
}

/**
 * Returns the context of a request with a scope. In its directory there is nothing of an organization outside of the
 * scope: it is found by no code, and it is in no list. So every function of the console is limited to the scope, and
 * answers about another organization as about one that does not exist. What belongs to no organization, such as a
 * third-party app, is there.
 */
export function narrowContext(context: Context, scope: Scope): Context {
  return { ...context, scope, directory: scope.isAll ? context.directory : narrowLive(context.directory, scope) };
}

function narrowLive(live: LiveDirectory, scope: Scope): LiveDirectory {
  let from: Directory | undefined;
  let narrowed: Directory | undefined;
  return {
    get now() {
      if (!narrowed || from !== live.now) {
        from = live.now;
        narrowed = narrow(from, scope);
      }
      return narrowed;
    },
    get whole() {
      return live.whole;
    },
    refresh: live.refresh,
    reach: live.reach,
    current: live.current,
  };
}

function narrow(from: Directory, { includes }: Scope): Directory {
  const isOwn = ({ corpId }: { readonly corpId: number }) => corpId === 0 || includes(corpId);
  const own = <T extends { readonly corpId: number }>(one: T | undefined) => (one && isOwn(one) ? one : undefined);
  return {
    ...from,
    organization: (code) => own(from.organization(code)),
    organizationOf: (corpId) => own(from.organizationOf(corpId)),
    organizations: () => from.organizations().filter(isOwn),
    app: (code) => own(from.app(code)),
    apps: () => from.apps().filter(isOwn),
    robot: (code) => own(from.robot(code)),
    robots: () => from.robots().filter(isOwn),
    customRobot: (corpId, code) => own(from.customRobot(corpId, code)),
    customRobots: () => from.customRobots().filter(isOwn),
    installedIn: (robotId) => from.installedIn(robotId).filter(isOwn),
    authorizedBy: (appId) => from.authorizedBy(appId).filter(isOwn),
  };
}

/**
 * Returns an address as the operator of a request may see it: redacted, unless they may change it. `right` is the right
 * to do so.
 */
export function showAddress(
  { scope }: Pick<Context, 'scope'>,
  right: ConsoleRight,
  { corpId, url }: { readonly corpId: number; readonly url: string },
): string {
  return !scope || scope.has(right, corpId) ? url : redactAddress(url);
}

/**
 * Throws `huizhi.forbidden` if an operator may see an organization, but not do there what the request is about. Without
 * this, it would seem not to exist.
 */
export function refuseSeen({ scope }: Pick<Context, 'scope'>, corpId: number | undefined): void {
  if (corpId === undefined || !scope?.sees(corpId)) return;
  throw huizhiError('huizhi.forbidden', 'the role in this organization does not have the right');
}

/**
 * Throws `huizhi.forbidden` for what belongs to no organization, if the operator may not change it for all of them.
 * `what` names it.
 */
export function refuseShared({ scope }: Pick<Context, 'scope'>, corpId: number, what: string): void {
  if (!scope || scope.includes(corpId)) return;
  throw huizhiError('huizhi.forbidden', `${what} belongs to all organizations: a role for all of them is needed`);
}
