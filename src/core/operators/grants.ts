import { type ConsoleRole, consoleRoles } from '../../wire/own/console-roles.ts';

/** A role in one organization, or in all of them (0). `userId` is the number of the operator's own user there. */
export type RoleGrant = { readonly corpId: number; readonly role: ConsoleRole; readonly userId: number | null };

/** Returns the grants that are valid in an organization. 0 is what belongs to none, such as a third-party app. */
export function selectGrants(grants: readonly RoleGrant[], corpId: number): readonly RoleGrant[] {
  return grants.filter((grant) => grant.corpId === 0 || grant.corpId === corpId);
}

/** Returns the role with the most rights that grants have in an organization; undefined if they have none there. */
export function findRole(grants: readonly RoleGrant[], corpId: number): ConsoleRole | undefined {
  const valid = selectGrants(grants, corpId);
  return consoleRoles.find((role) => valid.some((grant) => grant.role === role));
}
