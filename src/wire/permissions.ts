/** The permission that the robot calls need. */
export const robotPermission = 'qyapi_robot_sendmsg';

/** The permission that the DING calls need. */
export const dingPermission = 'Premium.Ding.Write';

/** The permission that the calls for a robot's settings need. */
export const settingsPermission = 'Robot.SingleChat.ReadWrite';

/** The permission that every app has. */
export const basePermission = 'qyapi_base';

/** The vendor's permissions that an app can have. */
export const permissionCodes: readonly string[] = [
  robotPermission,
  basePermission,
  'qyapi_chat_manage',
  'qyapi_chat_read',
  'qyapi_get_department_list',
  'qyapi_get_department_member',
  'qyapi_get_member',
  'qyapi_get_member_by_mobile',
  dingPermission,
  settingsPermission,
];
