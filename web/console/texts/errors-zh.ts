/** Translates the messages of the server for operators into Chinese; the server sends them in English. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^Bad request: (.*)$/s, '请求有误：$1'],
  [/^Sign in first: (.*)$/s, '请先登录：$1'],
  [/^Not allowed: (.*)$/s, '不允许：$1'],
  [/^Not found: (.*)$/s, '未找到：$1'],
  [/^Conflict: (.*)$/s, '冲突：$1'],
  [/^Too many requests: (.*)$/s, '请求过多：$1'],
  [/^The body is too large: the limit is (\d+) bytes$/, '请求体过大：最多 $1 字节'],
];

const reasons: readonly (readonly [RegExp, string])[] = [
  [/no organization (\S+)$/, '组织 $1 不存在'],
  [/no former user (\S+) in (\S+)$/, '组织 $2 中没有删除过的用户 $1'],
  [/no user (\S+) in (\S+)$/, '组织 $2 中没有用户 $1'],
  [/no app (\S+)$/, '应用 $1 不存在'],
  [/no third-party app (\S+)$/, '第三方应用 $1 不存在'],
  [/no robot (\S+)$/, '机器人 $1 不存在'],
  [/no message kind (\S+)$/, '消息类型 $1 不存在'],
  [/no message (\S+?)(?: there)?$/, '消息 $1 不存在'],
  [/there is an organization (\S+) already$/, '组织 $1 已存在'],
  [/there is a user (\S+) in (\S+) already$/, '组织 $2 中已有用户 $1'],
  [/there is an app (\S+) already$/, '应用 $1 已存在'],
  [/there is a robot (\S+) already$/, '机器人 $1 已存在'],
  [/somebody else has already created it$/, '已由他人创建'],
  [
    /an internal app has an organization, and a third-party app has none$/,
    '内部应用须属于一个组织，第三方应用不属于任何组织',
  ],
  [/app (\S+) is internal, and needs no authorization$/, '应用 $1 是内部应用，无需授权'],
  [/app (\S+) is internal, and has no suite tickets$/, '应用 $1 是内部应用，没有套件票据'],
  [/robot (\S+) belongs to an internal app of another organization$/, '机器人 $1 属于其他组织的内部应用'],
  [/the header x-csrf-token does not belong to the session$/, '会话已变更，请刷新页面'],
  [/too many sign-in attempts from this address$/, '此地址的登录尝试过多，请稍候'],
  [/the session has ended$/, '会话已结束'],
  [/the admin token(?: or a session)? is needed$/, '需要管理员令牌'],
  [
    /must be 1 to 128 characters without spaces, and not \. or \.\. alone$/,
    '须为 1 到 128 个字符，不含空格，也不能只是 . 或 ..',
  ],
  [/must be 1 to (\d+) characters on one line and not blank$/, '须为 1 到 $1 个字符的单行文字，且不能只含空格'],
  [/must be digits, with another country code in front: (\S+)$/, '须为数字，其他国家和地区的号码须带区号：$1'],
  [/must be an email address$/, '须为邮箱地址'],
  [/user (\S+) has this mobile$/, '手机号已属于用户 $1'],
  [/the user has been deleted$/, '用户已被删除'],
  [/has nothing to change$/, '没有要修改的内容'],
  [/no department (\S+) in (\S+)$/, '组织 $2 中没有部门 $1'],
  [/(?:departments: |manages: )?there is no department (\S+)$/, '部门 $1 不存在'],
  [/there is a department (\S+) in (\S+) already$/, '组织 $2 中已有部门 $1'],
  [/the root department is the organization: only its managers can be changed$/, '根部门即组织本身，只能修改主管'],
  [/the root department cannot be deleted$/, '根部门不能删除'],
  [/the department has (\S+) users$/, '部门还有 $1 名用户'],
  [/there are departments below the department$/, '部门还有下级部门'],
  [/the department is in the contact scope of app (\S+)$/, '部门在应用 $1 的通讯录可见范围内'],
  [/app (\S+) does not act for (\S+)$/, '应用 $1 不属于组织 $2，也未获其授权'],
  [/(?:managers: )?(\S+) is no member of department (\S+)$/, '用户 $1 不在部门 $2 中'],
  [/(?:parentId: )?a department cannot be below itself$/, '部门不能移动到自己之下'],
  [/(?:parentId: )?departments are at most (\d+) levels deep$/, '部门最多 $1 级'],
  [/(?:parentId: )?an organization has at most (\d+) departments$/, '一个组织最多 $1 个部门'],
  [/(?:manages: )?(\S+) is none of the departments$/, '主管的部门 $1 不在所属部门中'],
  [/there is no column (.*): use (\S+)$/, '没有名为 $1 的列，可用的列：$2'],
  [/there is no column name$/, '缺少 name 列'],
  [/the column (\S+) is named twice$/, '列 $1 重复'],
  [/the mobile belongs to user (\S+)$/, '手机号已属于用户 $1'],
  [/the mobile is already in line (\d+)$/, '手机号与第 $1 行重复'],
  [/userId (.+) is already in line (\d+)$/, 'userId $1 与第 $2 行重复'],
  [/there are (\d+) fields, not (\d+): (\S+)$/, '有 $1 列，应为 $2 列：$3'],
  [/is not UTF-8: save the file as CSV UTF-8$/, '不是 UTF-8 编码：请另存为 CSV UTF-8'],
  [/a quotation mark is not allowed here$/, '引号位置不正确'],
];

/** The same sentence in Chinese; what is not known stays as it is. */
export function saidInChinese(message: string): string {
  const known = reasons.find(([pattern]) => pattern.test(message));
  const inner = known ? message.replace(...known) : message;
  const frame = sentences.find(([pattern]) => pattern.test(inner));
  return frame ? inner.replace(...frame) : inner;
}
