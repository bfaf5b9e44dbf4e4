/** The errors of the calls about users and departments, of both families. */
import { createRows, describeMissingField } from './row.ts';

export const contactErrcodes = {
  33012: { errmsg: '无效的userId', summary: 'The organization has no user with this userid.' },
  40068: { errmsg: '无效的偏移量', summary: 'A cursor or offset is negative, or too large.' },
  40069: { errmsg: '无效的size', summary: 'A size is not between 1 and 100.' },
  40104: { errmsg: '企业中无效的手机号', summary: 'A mobile is not a number with an optional country code.' },
  50002: { errmsg: '请求的员工userid不在授权范围内', summary: 'The app may not see the department of the user.' },
  50004: { errmsg: '部门不在权限范围内', summary: 'The app may not see the department.' },
  60003: { errmsg: '部门不存在', summary: 'The organization has no department with this id.' },
  60121: { errmsg: '找不到该用户', summary: 'The organization has no user with this userid, mobile or unionid.' },
  400002: { errmsg: '无效的参数', summary: 'A parameter is empty, too long, or not one of its values.' },
} as const;

export const contactRows = {
  ...createRows('gateway', {
    MissingqueryWord: describeMissingField('queryWord'),
    Missingoffset: describeMissingField('offset'),
    Missingsize: describeMissingField('size'),
  }),
  ...createRows('business', {
    'invalidParameter.user.notFound': {
      status: 404,
      message: '找不到该用户',
      summary: 'The organization has no user with this unionId, or the app may not see the user.',
    },
  }),
};
