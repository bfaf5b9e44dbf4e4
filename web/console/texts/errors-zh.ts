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
  [/no file (\S+) in (\S+)$/, '组织 $2 中没有文件 $1'],
  [/the file was deleted already$/, '文件已被删除'],
  [/the organization has no space left for media$/, '组织的文件空间已用完'],
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
  [/must be 1 to 200 characters on one line and not blank$/, '须为 1 到 200 个字符的单行文字，且不能只含空格'],
  [/userId (.+) is already in line (\d+)$/, 'userId $1 与第 $2 行重复'],
  [/there are (\d+) fields, not 2: userId,name$/, '有 $1 列，应为 2 列：userId,name'],
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
