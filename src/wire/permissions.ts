/** The permission that the robot calls need. */
export const robotPermission = 'qyapi_robot_sendmsg';

/** The permission that the DING calls need. */
export const dingPermission = 'Premium.Ding.Write';

/** The permission that the calls for a robot's settings need. */
export const settingsPermission = 'Robot.SingleChat.ReadWrite';

/** The permissions that the calls for interactive cards need, and those for their streaming updates. */
export const cardPermission = 'Card.Instance.Write';
export const cardStreamingPermission = 'Card.Streaming.Write';

/** The permission that every app has. */
export const basePermission = 'qyapi_base';

/** The permissions of the calls about users and departments. */
export const contactPermissions = {
  user: 'qyapi_get_member',
  userByMobile: 'qyapi_get_member_by_mobile',
  departments: 'qyapi_get_department_list',
  departmentMembers: 'qyapi_get_department_member',
  search: 'qyapi_addresslist_search',
  person: 'Contact.User.Read',
  /** Without it, `/v1.0/contact/users/{unionId}` returns no mobile. */
  personMobile: 'Contact.User.mobile',
  /** Without these two, the calls of the old host return no mobile and no email. */
  mobile: 'fieldMobile',
  email: 'fieldEmail',
} as const;
/** The permission that calls to create and change groups need, and the one to read their properties. */
export const chatPermission = 'qyapi_chat_manage';
export const chatReadPermission = 'qyapi_chat_read';

/** The vendor's permissions that an app can have. */
export const permissionCodes: readonly string[] = [
  robotPermission,
  basePermission,
  chatPermission,
  chatReadPermission,
  ...Object.values(contactPermissions),
  dingPermission,
  settingsPermission,
  cardPermission,
  cardStreamingPermission,
];
