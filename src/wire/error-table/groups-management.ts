/**
 * The errors of the calls that make and show groups, of both families. Texts are the documented ones where the
 * documentation has one.
 * https://open.dingtalk.com/document/development/create-a-scene-group
 * https://open.dingtalk.com/document/development/obtain-group-openconversationid
 * https://open.dingtalk.com/document/development/obtain-the-list-of-robots-in-the-group
 * https://open.dingtalk.com/document/development/session-management-creates-groups
 */
import { createRows, describeMissingField } from './row.ts';

export const groupManagementRows = {
  ...createRows('gateway', {
    MissinggroupName: describeMissingField('groupName'),
    MissinggroupOwnerId: describeMissingField('groupOwnerId'),
    MissingtemplateId: describeMissingField('templateId'),
    Missingtitle: describeMissingField('title'),
    Missingtemplate_id: describeMissingField('template_id'),
    Missingowner_user_id: describeMissingField('owner_user_id'),
    MissingpageNumber: describeMissingField('pageNumber'),
    MissingpageSize: describeMissingField('pageSize'),
    MissingmaxResult: describeMissingField('maxResult'),
  }),
  ...createRows('business', {
    'parameter.invalid': {
      status: 400,
      message: '输入参数错误',
      summary: 'A field of a new group has the wrong type, is blank, or is too long.',
    },
    'member.exceed': {
      status: 400,
      message: '群成员数量超出限制',
      summary: 'A new group has more than 999 users in addition to its owner.',
    },
    'member.notFound': {
      status: 400,
      message: '不存在的员工',
      summary: 'The owner, a member or an administrator of a new group is not a user of the organization.',
    },
    invalideChatId: { status: 400, message: '不合法的chatId', summary: 'No group has this chatId.' },
    'permession.checkFailed': {
      status: 400,
      message: '权限校验失败',
      summary: 'The group with this chatId belongs to another organization.',
    },
    'illegal.openconevrsation.id': {
      status: 400,
      message: '不合法的openConversationId',
      summary: 'No group has the openConversationId whose robots are requested.',
    },
    unauthorized: {
      status: 400,
      message: '错误描述:会话不属于当前企业;解决方案:请使用会话所属企业的access_token;',
      summary: 'The group whose robots are requested belongs to another organization.',
    },
    reject: {
      status: 400,
      message: '错误描述:群已经解散;解决方案:请使用未解散的群;',
      summary: 'The group whose robots are requested has been disbanded.',
    },
  }),
};

/** Codes of the calls under `/chat/` and of `/topapi/im/chat/scenegroup/create`. */
export const groupErrcodes = {
  34001: { errmsg: '无效的会话id', summary: 'The organization has no group with this chatid, or it was disbanded.' },
  34002: { errmsg: '无效的会话消息的发送者', summary: 'The sender of a message to a group is not a member of it.' },
  34004: { errmsg: '无效的会话消息的类型', summary: 'The msgtype of a message to a group is not one that exists.' },
  34014: {
    errmsg: '会话消息的json结构无效或不完整',
    summary: 'The object of the msgtype is absent, or a field of it is not valid.',
  },
  34016: { errmsg: '消息内容长度超过限制', summary: 'A message to a group has more than 2,048 bytes.' },
  40016: { errmsg: '无效的chatid', summary: 'The organization has no group with this chatid.' },
  40031: { errmsg: '无效的useridlist列表', summary: 'One of the userids is not a user of the organization.' },
  43009: { errmsg: '参数需要是json格式', summary: 'The body of /chat/create is not JSON.' },
  49000: { errmsg: '缺少chatid', summary: 'The chatid is absent or empty.' },
  49004: {
    errmsg: '添加成员列表和删除成员列表不能有交集',
    summary: 'A userid is both in add_useridlist and in del_useridlist.',
  },
  49006: { errmsg: '群成员列表必须包含群主', summary: 'The owner is not in useridlist.' },
  49009: { errmsg: '群成员数量超过上限', summary: 'The group would have more than 1000 members.' },
  49010: { errmsg: '群成员不能为空', summary: 'useridlist is absent or empty.' },
  49011: { errmsg: '群成员长度超限', summary: 'A list has more than 40 userids.' },
  49013: { errmsg: '群主不能为空', summary: 'owner is absent or empty.' },
  49015: { errmsg: '群主必须是群成员', summary: 'After the change, the owner would not be a member of the group.' },
  49023: { errmsg: '群已经解散', summary: 'The group has been disbanded.' },
  660036: { errmsg: '群主不存在', summary: 'owner_user_id is not a user of the organization.' },
  660041: {
    errmsg: '群成员不存在',
    summary: 'A user or administrator of a new scene group is not a user of the organization.',
  },
  660045: { errmsg: '群成员数量超出限制', summary: 'user_ids has more than 999 members.' },
} as const;
