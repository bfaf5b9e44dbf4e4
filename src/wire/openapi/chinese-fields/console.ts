/** The Chinese texts of the fields, parameters and responses of the calls of the console, by their English texts. */
export const consoleFields: Readonly<Record<string, string>> = {
  'A SQLite database, which `huizhi restore` takes.': 'SQLite 数据库，可供 `huizhi restore` 使用。',
  'Only messages that this user received, in order of arrival.': '只返回该用户收到的消息，按到达顺序。',
  'Only messages that robots sent to users, messages to groups, to conversations of two people, messages to groups through the webhooks of custom robots, work notices, or interactive cards to users and conversations.':
    '只返回机器人发给用户的消息、发给群的消息、发给人与人会话的消息、通过自定义机器人的 webhook 发给群的消息、工作通知，或发给用户和会话的互动卡片。',
  'Only messages that were sent to this group or conversation of two people.': '只返回发给该群或该人与人会话的消息。',
  'Whether everyone who is still there has read; excludes messages to conversations.':
    '仍在组织中的收件人是否全部已读；不含发给会话的消息。',
  'Only messages sent at this time or later, epoch milliseconds.': '只返回此时或之后发送的消息，毫秒时间戳。',
  'Only messages sent before this time.': '只返回此时之前发送的消息。',
  'Only messages whose texts contain this, case-insensitively.': '只返回文本中包含该内容的消息，不区分大小写。',
  'userId, name, status, sentAt, readAt, seconds from send to read.':
    'userId、name、status、sentAt、readAt，以及从发送到阅读的秒数。',
  'Only messages that were sent at least this long ago, such as 2h.': '只返回至少在这么久之前发送的消息，例如 2h。',
  'Server-sent events sent, delivered, read, recalled and removed, and those of groups, users and departments such as chat_add_member (data: ConsoleEvent). The id of an event is its number in the stream of the organization, without gaps.':
    'server-sent events：sent、delivered、read、recalled 和 removed，以及群、用户和部门的事件，例如 chat_add_member（data：ConsoleEvent）。事件的 id 是它在组织事件流中的编号，连续无缺口。',
  'Only events of this message.': '只返回该消息的事件。',
  'The same as since. A page of JSON begins with the oldest event by default.':
    '与 since 相同。JSON 页默认从最旧的事件开始。',
  'The most events in a page of JSON; 100 by default. A stream has no limit.':
    'JSON 页的最大事件数；默认 100。事件流没有限制。',
  'Only those whose corpId or name contains this; ASCII letters match case-insensitively.':
    '只返回 corpId 或名称包含该内容的项；ASCII 字母不区分大小写。',
  'Only users whose userId or name contains this. A call scans a limited number of users, so a page can be short or empty although there is a next one.':
    '只返回 userId 或姓名包含该内容的用户。一次调用只扫描有限的用户，因此即使有下一页，本页也可能不满或为空。',
  'A line for each user.': '每个用户一行。',
  'Only those whose appKey contains this; ASCII letters match case-insensitively.':
    '只返回 appKey 包含该内容的项；ASCII 字母不区分大小写。',
  'Only robots that are installed in this organization.': '只返回安装在该组织的机器人。',
  'Only those whose robotCode or name contains this; ASCII letters match case-insensitively.':
    '只返回 robotCode 或名称包含该内容的项；ASCII 字母不区分大小写。',
  'By default, the range has 7 buckets of a day or 168 of an hour, including the one of `to`.':
    '默认情况下，范围为 7 个天桶或 168 个小时桶，包含 `to` 所在的桶。',
  'Default: now.': '默认：现在。',
  'Default: hour.': '默认：hour。',
  'UTC hour at which a day begins. Default: 0; 16 for days in China.':
    '一天从 UTC 的哪个小时开始。默认：0；按中国的日期为 16。',
  'Only the departments directly below this one. Default: 1, or all departments with a text.':
    '只返回该部门的直接下级部门。默认：1；给出文本时为所有部门。',
  'Only departments whose name contains this.': '只返回名称包含该内容的部门。',
  'Only groups whose title or openConversationId contains this; ASCII letters match case-insensitively.':
    '只返回群名称或 openConversationId 包含该内容的群；ASCII 字母不区分大小写。',
  'A filtered call scans a limited number of groups, so a page can be short although there is a next one.':
    '带筛选的调用只扫描有限的群，因此即使有下一页，本页也可能不满。',
  'Only custom robots of this group.': '只返回该群的自定义机器人。',
  'Only notices of this app.': '只返回该应用的通知。',
  'Send it in the header x-csrf-token with every call that uses the cookie and is not a GET.':
    '使用 cookie 且不是 GET 的每次调用，都须在请求头 x-csrf-token 中发送它。',
  'Whether this server is an emulator, whose controls are under `/emulator/v1`.':
    '该服务器是否为模拟器，其控制接口在 `/emulator/v1` 之下。',
  'The time of the server’s clock when the sweep was held.': '清理被暂停时服务器时钟的时间。',
  'The newest time in the database at that moment.': '当时数据库中最新的时间。',
  'Approximate number of messages that the sweep would delete.': '清理将删除的消息的大致数量。',
  'Approximate number of all messages.': '全部消息的大致数量。',
  'A retention sweep that waits for confirmation because the clock may be wrong; null if there is none.':
    '因时钟可能有误而等待确认的清理；没有时为 null。',
  'How long the code can be used, in milliseconds. Default: 10 minutes; at most 7 days.':
    '登录码的有效时长，毫秒。默认：10 分钟；最长 7 天。',
  'Can be used once.': '只能使用一次。',
  'URL of a page that signs in with the code.': '用该登录码登录的页面的 URL。',
  'Identifies the message in inboxes and in the console; not the processQueryKey.':
    '在收件箱和控制台中标识消息；不是 processQueryKey。',
  'notice: an app that has sent a work notice. app: an app that has sent a message to a group itself.':
    'notice：发送工作通知的应用。app：自己向群发送消息的应用。',
  'For a work notice `notice:` and the agentId of its app.': '工作通知为 `notice:` 加其应用的 agentId。',
  'The task of a work notice; null for other messages.': '工作通知的任务；其他消息为 null。',
  'All recipients of the send: presentCount and leftCount together.':
    '发送的全部收件人：presentCount 与 leftCount 之和。',
  'How many of all recipients have read.': '全部收件人中已读的人数。',
  'Recipients who are still in the organization: those from whom a read may come.':
    '仍在组织中的收件人：可能会阅读的人。',
  'How many of the recipients who are still in the organization have read.': '仍在组织中的收件人里已读的人数。',
  'Recipients who have left the organization.': '已离职的收件人。',
  'private: a conversation of two people.': 'private：人与人会话。',
  'The conversation it was sent to, whose members are not counted above; null if it was sent to users. The receivers of a work notice are not counted above, either.':
    '消息发往的会话，其成员不计入上面的人数；发给用户时为 null。工作通知的收件人也不计入上面的人数。',
  'The number of items in the list; only in the first page. Exact up to 10,000; with `isExact: false` there are more than `count`. A search that scans a limited number of items counts the matches of its first page.':
    '列表的项数，仅在第一页返回。10,000 以内精确；`isExact: false` 时多于 `count`。只扫描有限项的搜索，计第一页中匹配的项。',
  'Time of the oldest message that was scanned. A call scans a limited number of messages.':
    '已扫描的最旧消息的时间。一次调用只扫描有限的消息。',
  'Follow events since this number to get everything that happens after this response.':
    '从该编号起跟踪事件，即可得到此响应之后发生的全部内容。',
  'The key with which the sender queries.': '发送方查询所用的 key。',
  'How they read; null while unread, and for reads before manners were stored.':
    '阅读的方式；未读时，以及记录阅读方式之前的阅读，为 null。',
  'When the person left the organization.': '该用户离职的时间。',
  'In the order of the send.': '按发送时的顺序。',
  'Users who had blocked the robot at the time of the send and therefore did not get the message.':
    '发送时已屏蔽该机器人、因而没有收到消息的用户。',
  'Members of the conversation at the time of the send, or who got the work notice so far, and how many have read; null if sent to users.':
    '发送时的会话成员，或至今收到工作通知的用户，以及其中已读的人数；发给用户时为 null。',
  'Number of reads over time, beginning with none at the time of the send.': '阅读人数随时间的变化，从发送时的零开始。',
  'Whether the message is in the inbox of the person.': '消息是否在该用户的收件箱中。',
  'Null if retention has just deleted it.': '刚被清理时为 null。',
  'Milliseconds since the send.': '从发送起的毫秒数。',
  'Null for an event of a group, a user or a department.': '群、用户或部门的事件为 null。',
  'Null if retention has removed the event.': '事件已被清理时为 null。',
  'Who has read.': '已读的用户。',
  'How they read.': '阅读的方式。',
  'removed: retention has removed the message, or the text of the event. Not sent to endpoints.':
    'removed：消息或事件的内容已被清理。不发送给接收地址。',
  'When it happened, ISO 8601 in UTC; null for a removed event.':
    '发生的时间，ISO 8601 格式的 UTC 时间；removed 事件为 null。',
  'Numbers of an organization begin at 1 and have no gaps.': '组织的编号从 1 开始，没有缺口。',
  'Only in events of messages, like the next two and sentAt.': '只在消息的事件中，以下两项和 sentAt 也是如此。',
  'In events of messages and groups; null for a message to users.': '在消息和群的事件中；发给用户的消息为 null。',
  'Only in receipt.read, like manner.': '只在 receipt.read 中，manner 也是如此。',
  'Who has read, or which user was added, changed or removed.': '已读的用户，或被添加、修改、删除的用户。',
  'The name of that user, or of the department.': '该用户的姓名，或部门的名称。',
  'Only in events of groups, like the next three.': '只在群的事件中，以下三项也是如此。',
  'Who was added or removed, or has left; at most 1,000.': '被添加、移除或退群的用户；最多 1,000 人。',
  'The userId of the new owner.': '新群主的 userId。',
  'Only in events of departments, like parentId.': '只在部门的事件中，parentId 也是如此。',
  'Null for the root department.': '根部门为 null。',
  'Pass it as `after` to get the following events.': '作为 `after` 传入，即可得到之后的事件。',
  'Stable identifier; kept when the user leaves and is restored.': '固定标识；用户离职并恢复后保持不变。',
  'Members of a department are listed by descending order.': '部门的成员按排序值从大到小列出。',
  'At least the root department.': '至少有根部门。',
  'robotCodes of the robots that this user has blocked.': '该用户已屏蔽的机器人的 robotCode。',
  'Number of users in the organization.': '组织的用户数。',
  'Unique in the organization; null removes it.': '在组织内唯一；null 表示清除。',
  'All departments of the user; absent order and manager keep their values. An empty list is the root.':
    '用户的所有部门；没有给出的 order 和 manager 保持不变。空列表表示根部门。',
  'Lines of userId,name; a header line is skipped. A header that names more columns can have mobile, email, jobNumber, title, departments and manages (deptIds separated by semicolons) in any order; an empty field changes nothing.':
    '每行为 userId,name；跳过表头。列出更多列的表头可以有 mobile、email、jobNumber、title、departments 和 manages（以分号分隔的 deptId），顺序不限；空字段不做更改。',
  'Only reports the changes, without making them.': '只报告变更，不执行。',
  'Users who keep their name and of whom something else changes.': '姓名不变、其他内容有变更的用户。',
  'If there are any, nothing is changed. At most the first 200.': '如果有错误，不做任何更改。最多返回前 200 个。',
  'When the user left the organization; null for a current user.': '用户离职的时间；在职用户为 null。',
  'By userId, and people of one userId in the order in which they left.':
    '按 userId 排序；同一 userId 的多个用户按离职的先后排序。',
  'Which of several people with this userId: the one who left at this time; the last one if absent.':
    '同一 userId 有多个用户时选择哪一个：此时离职的那个；没有给出时为最后一个。',
  'Identifies the app in the calls for work notices.': '在工作通知的接口中标识应用。',
  'The organization of an internal app; null for third-party apps.': '企业内部应用所属的组织；第三方应用为 null。',
  'Organizations that have authorized a third-party app.': '已授权第三方应用的组织。',
  'Required for an internal app, not allowed for others.': '企业内部应用必填，其他应用不允许。',
  'Shown only once; the server stores only a hash.': '只显示一次；服务器只保存哈希值。',
  'Valid tickets, newest first.': '有效的套件票据，最新的在前。',
  'Maximum number of messages to one user per minute; 0 means no limit.':
    '每分钟向一个用户发送的最大消息数；0 表示不限。',
  'Whether users cannot block it.': '用户是否不能屏蔽它。',
  'The coolAppCode that its sends to conversations must have; null: any.':
    '它向会话发送时须给出的 coolAppCode；null 表示任意。',
  'true also removes all existing blocks of the robot.': 'true 还会解除该机器人已有的全部屏蔽。',
  'All buckets, oldest first, including empty ones.': '所有的桶，最旧的在前，包括空的。',
  'Histogram of the milliseconds from send to read. A step counts reads below its bound, and not below the bound of the step before.':
    '从发送到阅读的毫秒数的直方图。每一级统计小于其上界、且不小于前一级上界的阅读。',
  '`token` for the admin token without a session, the number of a session, or `command` for a command on the machine.':
    '`token` 表示未使用会话的管理员令牌，数字表示会话的编号，`command` 表示在本机执行的命令。',
  'null for the root department, which is the organization.': '根部门（即组织）为 null。',
  'Departments of one parent are listed by ascending order.': '同一上级的部门按排序值从小到大列出。',
  'Default: a random number.': '默认：随机编号。',
  'Default: 1, the root.': '默认：1，即根部门。',
  'Default: after the other departments of the parent.': '默认：排在同一上级的其他部门之后。',
  'From the root to the department itself.': '从根部门到该部门本身。',
  userIds: 'userId 的列表',
  'Users in the department itself.': '该部门本身的用户。',
  'Users in the department and all below it.': '该部门及其所有下级部门的用户。',
  'userIds of all managers, who must be members.': '所有主管的 userId，须为成员。',
  'An empty list: the whole organization.': '空列表：整个组织。',
  'userId of the owner; empty if there is none.': '群主的 userId；没有群主时为空。',
  'robotCodes of the robots in the group.': '群内机器人的 robotCode。',
  'Also disbanded ones, oldest first.': '包括已解散的群，最旧的在前。',
  'userIds, or all: the current users of the organization. At most 20000.':
    'userId 的列表，或 all：组织的现有用户。最多 20000 人。',
  'robotCodes; installed in the organization.': 'robotCode 的列表；须已安装在组织中。',
  'userId of a member.': '某个成员的 userId。',
  'The number of the change of members with which the membership began.': '成员资格开始时的成员变更编号。',
  'The number of the change with which it ended; null if no change ended it.':
    '成员资格结束时的变更编号；没有因变更而结束时为 null。',
  'When the person left the group or the organization.': '该用户退群或离职的时间。',
  'Current and ended ones. A message is sent to those whose membership had begun and not ended then.':
    '现有的和已结束的成员资格。消息发给当时成员资格已开始且未结束的人。',
  'The group into which it sends.': '它向其发送消息的群。',
  'Whether messages need a signature.': '消息是否须加签。',
  'Stored only: nothing is sent to it. Without the right to change it, `?…` replaces the query, which may contain a secret.':
    '只保存：不会向它发送任何内容。没有修改权限时，查询参数显示为 `?…`，因为其中可能有密钥。',
  'Without the right to change it, `?…` replaces the query, which may contain a secret.':
    '没有修改权限时，查询参数显示为 `?…`，因为其中可能有密钥。',
  'Oldest first.': '最旧的在前。',
  'One of them must occur in a message; any message is accepted if the list is empty.':
    '消息须包含其中之一；列表为空时接受任意消息。',
  'IP addresses and ranges such as 10.0.0.0/8; all addresses if the list is empty.':
    'IP 地址和地址段，例如 10.0.0.0/8；列表为空时接受所有地址。',
  'Whether messages need a signature; then a secret is created.': '消息是否须加签；为真时会生成密钥。',
  '64 hexadecimal digits. It is shown only here.': '64 位十六进制数字。只在这里显示。',
  'SEC and 64 hexadecimal digits. It is shown only here.': 'SEC 加 64 位十六进制数字。只在这里显示。',
  'false removes the secret, so that messages need no signature.': 'false 删除密钥，消息不再需要加签。',
  'The ticket that has opened the connection.': '建立该连接的 ticket。',
  'What the client says about itself; empty if nothing.': '客户端对自身的说明；没有时为空。',
  'The number of the process that has the connection; null if one process owns the database.':
    '持有该连接的进程的编号；由一个进程独占数据库时为 null。',
  'Up to this number, each event of the organization was tried at least once.':
    '到该编号为止，组织的每个事件都至少尝试过一次。',
  'Events that wait for another attempt, at most 1,000 are counted.': '等待再次尝试的事件，最多计 1,000 个。',
  'Events whose last attempt failed within the last 7 days, at most 1,000 are counted.':
    '最近 7 天内最后一次尝试失败的事件，最多计 1,000 个。',
  'Events that retention has removed before they were sent.': '发送之前已被清理的事件。',
  'The types of events that the app gets in Stream mode; none if it is empty.':
    '应用以 Stream 模式接收的事件类型；为空时不接收。',
  'When it is tried next.': '下一次尝试的时间。',
  'The status of the last response; null without one.': '最近一次响应的状态码；没有响应时为 null。',
  'The beginning of the last response or, without one, the reason.': '最近一次响应的开头；没有响应时为原因。',
  'Milliseconds that the last attempt took.': '最近一次尝试所用的毫秒数。',
  'Null if retention has removed it.': '已被清理时为 null。',
  'Newest event first.': '最新的事件在前。',
  'What programs call ownerKey or suiteKey: the appKey, or the corpId if the app has registered the address.':
    '程序中的 ownerKey 或 suiteKey：appKey；应用自己注册了地址时为 corpId。',
  'Until then, answers may be encrypted with the previous keys.': '在此之前，响应可以用旧密钥加密。',
  'It must answer a push of check_url with the encrypted text success.':
    '它须以加密的文本 success 响应 check_url 推送。',
  'Required with a new address, like aesKey; both stay as they are without them.':
    '设置新地址时必填，aesKey 也是如此；没有给出时两者保持不变。',
  'gone: it has answered with status 410. Its position stays, so that it gets what it missed once enabled.':
    'gone：它响应了状态码 410。其位置保持不变，因此启用后会得到错过的内容。',
  'Up to this number, each event was tried at least once.': '到该编号为止，每个事件都至少尝试过一次。',
  'Events that retention has removed before they were delivered.': '送达之前已被清理的事件。',
  'Until then webhooks have a second signature, of the secret before.': '在此之前，webhook 带有旧密钥的第二个签名。',
  'The types of events that it gets; if it is null, all types, also those of later versions.':
    '它接收的事件类型；为 null 时为所有类型，包括以后的版本新增的。',
  'whsec_ and base64 of 32 bytes. It is shown only here.': 'whsec_ 加 32 个字节的 base64。只在这里显示。',
  'The secret before is valid until then.': '旧密钥在此之前有效。',
  'Whether the status was 2xx.': '状态码是否为 2xx。',
  'All events after this number are sent again.': '重新发送该编号之后的所有事件。',
  'The voice of a call; null for other channels.': '电话的语音；其他方式为 null。',
  'Empty after a recall.': '撤回后为空。',
  'Number allowed in total; null for any number.': '允许的总数；null 表示不限。',
  'Number sent so far.': '至今已发送的数量。',
  'SMS allowed in total; null for any number.': '允许的短信总数；null 表示不限。',
  'Calls allowed in total; null for any number.': '允许的电话总数；null 表示不限。',
  'The id that its app has given it.': '其应用给它的 id。',
  'How clicks reach the program; null if they do not.': '点击如何到达程序；不会到达时为 null。',
  'The variables of the template.': '模板的变量。',
  'The message of the console that shows who has read the card.': '显示谁已读该卡片的控制台消息。',
  'The number of the task that the send returned.': '发送时返回的任务编号。',
  'JSON text of the object named like the msgtype; null after a recall.':
    '与 msgtype 同名的对象的 JSON 文本；撤回后为 null。',
  'Whether the notice has reached its receivers.': '通知是否已到达收件人。',
  'Number of users to whom it was sent, without those who do not exist.': '发送的用户数，不含不存在的用户。',
  'Identifies the notice in the calls for messages, such as those for readers.':
    '在消息的接口（例如已读用户的接口）中标识该通知。',
  'The kind of the message, as in the lists of messages.': '消息的类型，与消息列表中的相同。',
  'How far the delivery is.': '投递的进度。',
  'Receivers who have read it: exact up to 10,000.': '已读的收件人：10,000 以内精确。',
  'Users who did not get it: exact up to 10,000.': '没有收到的用户：10,000 以内精确。',
  'Receivers who have read it.': '已读的收件人。',
  'Receivers who have not read it.': '未读的收件人。',
  'Users who left before they got it.': '收到之前已离职的用户。',
  'Users whom a limit held back.': '因限制而没有收到的用户。',
  'Users who will get it, or whom a limit will hold back.': '将会收到，或将会被限制的用户。',
  'Numbers of users.': '用户数。',
  'userIds without a user, or with one whom the app may not see.': '没有对应用户的 userId，或应用看不到的用户。',
  'Departments that do not exist, or that the app may not see.': '不存在的部门，或应用看不到的部门。',
  'daily: too many notices of the app on that day. repeated: the same content again on that day. minute: too many receivers of the app in that minute. left: the user has left.':
    'daily：应用当天的通知过多。repeated：当天内容重复。minute：该分钟应用的收件人过多。left：用户已离职。',
  'Those who did not get the notice.': '没有收到通知的用户。',
  'The content type that the content of the file has.': '文件内容的 content type。',
  'When it was last sent in a message, to the day; retention counts from here.':
    '最近一次随消息发送的日期，精确到天；保留期从此时算起。',
  'Bytes of all files, and of uploads under way.': '所有文件和正在上传的文件的字节数。',
  'The bytes that the files of an organization may have together.': '组织的文件合计可占的字节数。',
  "Whether the app's secret, which signs the messages, is kept. It is from the next time it is given or rotated; until then nothing is posted.":
    '是否保存了为消息签名的应用密钥。从下一次给出或更换密钥时起保存；在此之前不会 POST 任何内容。',
  'An http or https address; null if messages do not arrive by HTTP.':
    'http 或 https 地址；消息不以 HTTP 到达时为 null。',
  'Null if there was no response in time, or the address is not allowed.': '没有及时得到响应，或地址不允许时为 null。',
  'The beginning of the response, or why there was none.': '响应的开头，或没有响应的原因。',
  'Milliseconds.': '毫秒数。',
  'Only messages that this operator has sent in the console.': '只返回该操作员在控制台发送的消息。',
  'To the provider, with a cookie of this sign-in; or to /console?signIn=failed if the provider is unavailable.':
    '重定向到身份提供方，带有本次登录的 cookie；身份提供方不可用时重定向到 /console?signIn=failed。',
  'To the console, signed in; or to /console?signIn=failed, or to /console?signIn=unknown if no operator has the email address.':
    '重定向到控制台，已登录；或到 /console?signIn=failed；没有操作员使用该邮箱时到 /console?signIn=unknown。',
  'Only changes by this operator; `adminToken` for the admin token.':
    '只返回该操作员所做的变更；`adminToken` 表示管理员令牌。',
  'The secret of a one-time link of an operator, instead of the admin token.':
    '操作员一次性链接中的密钥，用来代替管理员令牌。',
  'Who has signed in. With the admin token, the operatorId is `adminToken`.':
    '已登录的操作员。使用管理员令牌时，operatorId 为 `adminToken`。',
  'The organization; null for all organizations.': '组织；null 表示所有组织。',
  'The operator’s own user in the organization.': '操作员本人在该组织中的用户。',
  'The rights of the role, which the document has for each call as `x-huizhi-right`.':
    '该角色的权限；API 文档在每个接口的 `x-huizhi-right` 中列出所需的权限。',
  'What they may do, and where.': '可以做什么，以及在哪些组织。',
  'The rights that they have in at least one organization.': '至少在一个组织中拥有的权限。',
  'The operator who has sent it in the console; null for other messages.': '在控制台发送它的操作员；其他消息为 null。',
  'Ways to sign in: oidc through /console/v1/oidc/start, link and adminToken with `POST /console/v1/sessions`.':
    '登录方式：通过 /console/v1/oidc/start 的 oidc，以及使用 `POST /console/v1/sessions` 的 link 和 adminToken。',
  'owner: everything, in all organizations. operator: everything in an organization. sender: sends messages, and sees and recalls those that they have sent. auditor: reads, and sees no secrets.':
    'owner：所有组织的全部操作。operator：一个组织的全部操作。sender：发送消息，查看和撤回自己发送的消息。auditor：只读，且看不到密钥。',
  'By which the operator signs in at the OpenID provider. Upper and lower case are the same.':
    '操作员在 OpenID 提供方登录时使用的邮箱。不区分大小写。',
  'Without a role, an operator cannot do anything.': '没有角色的操作员不能进行任何操作。',
  'The organization; all organizations if absent. An owner has no organization.':
    '组织；没有给出时为所有组织。owner 不限于某个组织。',
  'The operator’s own user in this organization.': '操作员本人在该组织中的用户。',
  'A disabled operator cannot sign in.': '已停用的操作员不能登录。',
  'Replaces all roles.': '替换全部角色。',
  'How long the link can be used, in milliseconds. Default: 1 day; at most 7 days.':
    '链接的有效时长，毫秒。默认：1 天；最长 7 天。',
  'Opens a page of the console that signs in once. Earlier links of the operator end.':
    '打开控制台中可登录一次的页面。该操作员此前的链接失效。',
  'The secret in the URL, for `POST /console/v1/sessions`.': 'URL 中的密钥，用于 `POST /console/v1/sessions`。',
  'Who it was, with name and role at that time. The admin token has the operatorId `adminToken`; null for a command or an app.':
    '操作者，以及当时的姓名和角色。管理员令牌的 operatorId 为 `adminToken`；由命令或应用执行时为 null。',
  'A robot that is installed in the organization. Its app needs no permission.':
    '已安装到该组织的机器人，其应用无需权限。',
  'Departments, whose users and those of all departments below them get the message; 1 is the whole organization.':
    '部门：部门及其所有下级部门的用户都会收到消息；1 表示整个组织。',
  'A group that has the robot, instead of userIds and deptIds.': '机器人所在的群，用它代替 userIds 和 deptIds。',
  'The message kind, as in batchSend.': '消息类型，与 batchSend 相同。',
  'The content, a JSON object as a string, as in batchSend.': '消息内容，字符串形式的 JSON 对象，与 batchSend 相同。',
  'Chosen by the client, for example a UUID. Within 24 hours a repeated request of the same operator with the same id sends nothing again, and returns the messages of the first one.':
    '由客户端选定，例如 UUID。24 小时内，同一操作员以同一 id 重复请求不会再次发送，而是返回第一次请求的消息。',
  'One message for each 20 users, or one to the group.': '每 20 个用户一条消息；发给群时只有一条。',
  'userIds without a user, who get nothing.': '没有对应用户的 userId，不会收到消息。',
  'Users beyond a limit of the robot, who get nothing.': '超出机器人频率限制的用户，不会收到消息。',
  'Users who have blocked the robot, and get nothing.': '屏蔽了该机器人的用户，不会收到消息。',
  'The number of users; null for a group.': '用户数；发给群时为 null。',
  'Each message has up to 20 users.': '每条消息最多 20 个用户。',
  'Null if the server is not an emulator, or if the secret is not the one that the emulator was started with.':
    '如果服务不是模拟器，或密钥不是模拟器启动时的那个，则为 null。',
};
