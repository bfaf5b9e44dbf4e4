/** The texts about signing in as an operator, and about rights. */
export const accessEn = {
  link: 'This link signs you in once.',
  linkUsed: 'This link is wrong, was already used, or has expired. Ask an owner for a new one.',
  oidc: 'Sign in with your organization',
  otherOidc: 'Sign in as somebody else',
  or: 'or',
  failed: 'The sign-in with your organization failed. Try again.',
  unknown: 'You have signed in with your organization, but nobody has added you as an operator.',
  adminToken: 'admin token',
  none: 'You have no access to this page.',
  noneHint: 'Your role does not include it. Ask an owner if you need it.',
  noRole: 'You have no role yet. Ask an owner for one.',
};

export const accessZh: typeof accessEn = {
  link: '此链接可登录一次。',
  linkUsed: '链接无效、已使用或已过期，请向所有者索取新链接。',
  oidc: '用组织账号登录',
  otherOidc: '换个账号登录',
  or: '或',
  failed: '组织账号登录失败，请重试。',
  unknown: '组织账号已登录，但你还不是操作员。',
  adminToken: '管理员令牌',
  none: '你无权访问此页面。',
  noneHint: '你的角色没有此权限。如有需要，请联系所有者。',
  noRole: '你还没有角色，请联系所有者。',
};
