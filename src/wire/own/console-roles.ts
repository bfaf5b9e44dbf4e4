/** The roles of operators: which calls of the console each of them may make. */
import { type ConsoleRight, consoleRights } from './console-rights.ts';

/** The roles, the one with the most rights first. Their names are in the database. */
export const consoleRoles = ['owner', 'operator', 'sender', 'auditor'] as const;
export type ConsoleRole = (typeof consoleRoles)[number];

/** The rights that concern the whole installation: a grant for one organization does not have them. */
const installationRights: readonly ConsoleRight[] = [
  'installation.read',
  'installation.change',
  'organizations.create',
  'operators.read',
  'operators.change',
];

/** What a sender needs to compose a message, to send it, and to see and recall what they have sent themselves. */
const senderRights: readonly ConsoleRight[] = [
  'messages.send',
  'messages.read',
  'messages.recall',
  'organizations.read',
  'users.read',
  'departments.read',
  'groups.read',
  'robots.read',
  'media.add',
  'media.view',
];

const allRights: readonly ConsoleRight[] = [...new Set(Object.values(consoleRights).filter((right) => right !== null))];

const isReading = (right: ConsoleRight) => right.endsWith('.read') || right === 'media.view';

const rightsByRole: Readonly<Record<ConsoleRole, ReadonlySet<ConsoleRight>>> = {
  owner: new Set(allRights),
  operator: new Set(allRights.filter((right) => !installationRights.includes(right))),
  sender: new Set(senderRights),
  auditor: new Set(allRights.filter(isReading)),
};

/** The rights of a role, by a grant for all organizations or for one of them. */
export function rightsOf(role: ConsoleRole, isForAll: boolean): readonly ConsoleRight[] {
  return allRights.filter((right) => hasRight(role, isForAll, right));
}

/** Whether a grant of a role, for all organizations or for one of them, has a right. */
export function hasRight(role: ConsoleRole, isForAll: boolean, right: ConsoleRight): boolean {
  return rightsByRole[role].has(right) && (isForAll || !installationRights.includes(right));
}

/** The rights to messages: with the role `sender`, only those that the operator has sent. */
export function seesOnlyOwnMessages(role: ConsoleRole): boolean {
  return role === 'sender';
}
