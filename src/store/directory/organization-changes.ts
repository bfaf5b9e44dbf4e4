/**
 * What happens in an organization besides messages: changes of groups, users and departments. The names are those of the
 * vendor's events. Each change is an event of the organization; its text is stored with it, since users and groups may
 * be different by the time it is read.
 */
export const changeTypes = [
  'chat_add_member',
  'chat_remove_member',
  'chat_quit',
  'chat_update_title',
  'chat_update_owner',
  'chat_disband',
  'user_add_org',
  'user_modify_org',
  'user_leave_org',
  'org_dept_create',
  'org_dept_modify',
  'org_dept_remove',
] as const;
export type ChangeType = (typeof changeTypes)[number];

/** A member of a group as a change names them. */
export type ChangedMember = { readonly userId: string; readonly unionId: string };

/** A change of a group. */
export type GroupChange = {
  readonly type: Extract<ChangeType, `chat_${string}`>;
  readonly openConversationId: string;
  readonly chatId: string;
  /** The title after the change. */
  readonly title: string;
  /** The member who has caused it; absent if an app, an operator or the configuration has. */
  readonly operator?: ChangedMember;
  /** In `chat_add_member`, `chat_remove_member` and `chat_quit`: who was added or removed, or has left; at most 1,000. */
  readonly members?: readonly ChangedMember[];
  /** In `chat_update_owner`: the owner after the change. */
  readonly owner?: ChangedMember;
};

/** A change of one user. `name` is the name after the change. */
export type UserChange = {
  readonly type: Extract<ChangeType, `user_${string}`>;
  readonly userId: string;
  readonly name: string;
};

/** A change of one department. `name` and `parentId` are those after the change, or before the removal. */
export type DepartmentChange = {
  readonly type: Extract<ChangeType, `org_${string}`>;
  readonly deptId: number;
  readonly name: string;
  /** Null for the root department. */
  readonly parentId: number | null;
};

export type OrganizationChange = GroupChange | UserChange | DepartmentChange;
