/** The permission that the robot calls need. */
export const robotPermission = 'qyapi_robot_sendmsg';

/** The permission that every app has. */
export const basePermission = 'qyapi_base';

/** The permission that calls to create and change groups need, and the one to read their properties. */
export const chatPermission = 'qyapi_chat_manage';
export const chatReadPermission = 'qyapi_chat_read';

/** The vendor's permissions that an app can have. */
export const permissionCodes: readonly string[] = [
  robotPermission,
  basePermission,
  chatPermission,
  chatReadPermission,
  'qyapi_get_department_list',
  'qyapi_get_department_member',
  'qyapi_get_member',
  'qyapi_get_member_by_mobile',
];
