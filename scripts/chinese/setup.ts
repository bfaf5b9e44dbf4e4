/** The Chinese comments of `docs/zh/reference/huizhi.yaml`, by the English ones. */
export const setupTexts: Readonly<Record<string, string>> = {
  'Configuration of huizhi: save it as huizhi.yaml in the working directory, or name it with --config.':
    'huizhi 的配置：在工作目录中保存为 huizhi.yaml，或用 --config 指定。',
  'Flags and environment variables override this file. Remove the # in front of a line that you want to change. Generated from the code; options.md next to this file says more about each option.':
    '命令行参数和环境变量优先于本文件。要修改某一行，请去掉行首的 #。由代码生成；各选项的更多说明见同一文件夹中的 options.md。',
  'Everything below is created or updated at each start; anything that the file does not list stays as it is. Codes (corpId, userId, appKey, robotCode) are strings: put those that look like numbers in quotes.':
    '以下内容在每次启动时创建或更新；文件中没有列出的内容保持不变。编码（corpId、userId、appKey、robotCode）是字符串：形如数字的请加引号。',
  'Companies, their users, who receive messages, and their groups.': '组织、接收消息的用户，以及群。',
  'A tree below the root department, number 1, which is the organization. Users without departments belong to the root.':
    '根部门（编号 1，即组织本身）之下的部门树。没有部门的用户属于根部门。',
  'All members but the first two are optional. A mobile identifies one user of the organization.':
    '除前两项外都可以省略。手机号在组织内唯一。',
  'Of which of these departments the user is a manager.': '用户在其中哪些部门是主管。',
  'DINGs by SMS and by phone that may be sent in total; without this line, any number.':
    '短信和电话 DING 的总配额；没有这一行时不限。',
  'Groups, with all users (members: all) or some; the owner is always a member. The name identifies a group at later starts. Members and robots are added at each start, and never removed. openConversationId and chatId are random unless given.':
    '群，成员为所有用户（members: all）或部分用户；群主总是成员。以后启动时，以 name 识别群。每次启动只添加成员和机器人，从不移除。openConversationId 和 chatId 没有给出时随机生成。',
  'Webhooks that send into the group. The robotCode identifies one at later starts. Messages need a signature if there is a secret, one of the keywords, and an address of the list; all three may be left out.':
    '向群发送消息的 webhook。以后启动时，以 robotCode 识别。有 secret 时消息须加签，有 keywords 时须包含其中之一，有 addresses 时须来自列表中的地址；三项都可以省略。',
  '64 hexadecimal digits, such as the output of openssl rand -hex 32.':
    '64 位十六进制数字，例如 openssl rand -hex 32 的输出。',
  'Addresses that get reads, recalls, changes of groups and so on as signed webhooks; all types of events by default.':
    '以带签名的 webhook 接收已读、撤回、群变更等事件的地址；默认接收所有类型的事件。',
  'whsec_ and base64, such as the output of: echo whsec_$(openssl rand -base64 32)':
    'whsec_ 加 base64，例如以下命令的输出：echo whsec_$(openssl rand -base64 32)',
  'Credentials with permissions. An internal app belongs to one organization (corpId); a thirdParty app is authorized by several.':
    '带权限的凭证。internal 应用属于一个组织（corpId）；thirdParty 应用由多个组织授权。',
  'The departments that the app may see, with those below them. Default: all.':
    '应用可见的部门，包括其下级部门。默认：全部。',
  'The agent_id in the calls for work notices. Default: a number beyond 2^31, which the console shows.':
    '工作通知接口中的 agent_id。默认：大于 2^31 的数字，控制台会显示。',
  "The address to which messages of people to the app's robots are posted. Default: none, they arrive in Stream mode.":
    '接收用户发给应用的机器人的消息的地址。默认：无，消息通过 Stream 模式到达。',
  "The events of its robots' messages and of its organization that the app gets in Stream mode. Default: none.":
    '应用以 Stream 模式接收的事件，包括其机器人的消息和组织变更的事件。默认：无。',
  'The address that gets events as encrypted HTTP pushes. The token has 6 to 63 characters, the aesKey 43 letters and digits; programs call the appKey ownerKey. Default: none.':
    '以加密 HTTP 推送接收事件的地址。令牌为 6 到 63 个字符，aesKey 为 43 个字母或数字；程序中的 ownerKey 就是 appKey。默认：无。',
  'Templates of sendbytemplate, by template_id: the message as in msg of asyncsend_v2, with placeholders for data.':
    'sendbytemplate 的模板，以 template_id 区分：message 与 asyncsend_v2 的 msg 相同，其中的占位符由 data 填充。',
  'Templates of interactive cards that the calls refuse: unpublished or removed. All others are accepted.':
    '接口会拒绝的互动卡片模板：unpublished（未发布）或 removed（已删除）。其他模板都接受。',
  'Senders. Each belongs to one app and is installed in organizations.':
    '消息的发送方。每个机器人属于一个应用，并安装到组织中。',
  'Whether sends of this robot are refused.': '是否拒绝该机器人的发送。',
  'Maximum number of messages to one person per minute and per day; 0 means no limit.':
    '每分钟和每天向一个用户发送的最大消息数；0 表示不限。',
  'The coolAppCode that sends to groups and conversations of two must have; without it, any is accepted.':
    '向群和人与人会话发送时须给出的 coolAppCode；没有设置时接受任意值。',
  'States of message templates: active, stopped or removed.':
    '消息模板的状态：active（正常）、stopped（停用）或 removed（已删除）。',
};
