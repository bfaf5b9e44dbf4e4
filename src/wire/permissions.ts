/** The permission that the robot calls need. */
export const robotPermission = 'qyapi_robot_sendmsg';

/** The vendor's permissions that an app can have. Only {@link robotPermission} is required by a call so far. */
export const permissionCodes: readonly string[] = [
  robotPermission,
  'qyapi_base',
  'qyapi_chat_manage',
  'qyapi_chat_read',
  'qyapi_get_department_list',
  'qyapi_get_department_member',
  'qyapi_get_member',
  'qyapi_get_member_by_mobile',
];
