/**
 * The values that some of the vendor's fields can have. They are not in the files of their schemas, because a start needs
 * the values, and must not load zod.
 */

/** The voices of a call; the spelling is the vendor's. The first one is the default. */
export const callVoices = [
  'Standard_Female_Voice',
  'Cantonese_Female_Voice',
  'Gentine_Female_Voice',
  'Overbearing_Female_Voice',
  'Lovely_Girl_Voice',
  'Standard_Male_Voice',
] as const;

/** The events that an address can be registered for. Those that huizhi has no source for are kept, and never sent. */
export const callbackTags = [
  ...['robot_msg_read', 'robot_msg_recall'],
  ...['user_add_org', 'user_modify_org', 'user_leave_org', 'user_active_org', 'org_admin_add', 'org_admin_remove'],
  ...['org_dept_create', 'org_dept_modify', 'org_dept_remove', 'org_remove', 'org_change'],
  ...['label_user_change', 'label_conf_add', 'label_conf_del', 'label_conf_modify'],
  ...['chat_add_member', 'chat_remove_member', 'chat_quit', 'chat_update_owner', 'chat_update_title', 'chat_disband'],
  ...['chat_disband_microapp', 'check_in', 'bpms_task_change', 'bpms_instance_change'],
] as const;
export type CallbackTag = (typeof callbackTags)[number];

/** The switches of a group, each 0 or 1, with their names in the calls that use underscores. */
export const groupSwitches = {
  showHistoryType: 'show_history_type',
  searchable: 'searchable',
  validationType: 'validation_type',
  mentionAllAuthority: 'mention_all_authority',
  managementType: 'management_type',
  chatBannedType: 'chat_banned_type',
} as const;

export type GroupSwitch = keyof typeof groupSwitches;

/** The names of the switches in one order. */
export const groupSwitchNames = Object.keys(groupSwitches) as readonly GroupSwitch[];

/** The path of the WebSocket endpoint. */
export const connectPath = '/connect';

/** The topics of pushes. The topic of all events is `*`. */
export const streamTopics = [
  '*',
  '/v1.0/im/bot/messages/get',
  '/v1.0/im/bot/messages/delegate',
  '/v1.0/card/instances/callback',
  '/v1.0/card/dynamicData/get',
  '/v1.0/graph/api/invoke',
] as const;

/** The events that an app can get, which are chosen on the app. */
export const streamEventTypes = [
  ...['robot_msg_read', 'robot_msg_recall'],
  ...['chat_add_member', 'chat_remove_member', 'chat_quit', 'chat_update_title', 'chat_update_owner', 'chat_disband'],
  ...['user_add_org', 'user_modify_org', 'user_leave_org'],
  ...['org_dept_create', 'org_dept_modify', 'org_dept_remove'],
] as const;
export type StreamEventType = (typeof streamEventTypes)[number];

/** Statuses that stop the one-to-one chat with a robot. Any other status, in any case, lets it run. */
export const stoppedStatuses: readonly string[] = ['stop', 'stopped', 'disable', 'disabled', 'off', 'offline', '0'];
