/** The Chinese texts of `docs/zh/reference/emulator.md`, by the English ones. */

export const emulatorHead = `# huizhi/emulator

由源代码中的注释生成。入门见[测试中的模拟器](../how-to/emulator-in-tests.md)。该模块还导出默认的 setup \`demoSetup\`，以及类 \`EmulatorError\`。\`EmulatorError\` 的 \`code\` 是[错误参考](errors.md)中的错误码、\`huizhi.timeout\`（等待超时）或 \`huizhi.closed\`。
`;

/** The comments of the declarations. */
export const emulatorTexts: Readonly<Record<string, string>> = {
  'Starts an emulator in this process, with the data of its setup only. Rejects with a TypeError for an invalid setup, with a UsageError for an unknown or invalid option, and with a ListenError if it cannot listen on the port.':
    '在本进程中启动模拟器，其中只有 setup 的数据。setup 无效时以 TypeError reject，选项未知或无效时以 UsageError reject，无法监听端口时以 ListenError reject。',
  'How an emulator is started; everything may be left out.': '模拟器的启动选项，都可以省略。',
  'Organizations, users, apps and robots, as in a configuration file. Default: `demoSetup`.':
    '组织、用户、应用和机器人，格式与配置文件相同。默认：`demoSetup`。',
  'Makes ids, tokens, keys and times the same in every run. The clock is then frozen at `now`, unless `frozen` is false.':
    '使 id、令牌、key 和时间在每次运行中都相同。设置后，时钟冻结在 `now`，除非 `frozen` 为 false。',
  "Start time of the clock, as a Date or epoch milliseconds. Default: the machine's time, or 2026-01-05T01:00:00Z with a seed.":
    '时钟的起始时间，Date 或毫秒时间戳。默认：机器的时间；有 seed 时为 2026-01-05T01:00:00Z。',
  'Whether the clock stops until the test moves it. Default: true with a seed, else false.':
    '是否冻结时钟，直到测试拨动它。默认：有 seed 时为 true，否则为 false。',
  'Whether to listen on a socket. With false, the emulator is reachable only through its `fetch`. Default: true.':
    '是否监听端口。为 false 时，只能通过模拟器的 `fetch` 访问它。默认：true。',
  'Port on 127.0.0.1. Default: a free port.': '127.0.0.1 上的端口。默认：任意空闲端口。',
  "Whether calls of this process to the vendor's hosts, such as `https://api.dingtalk.com`, reach the emulator, until it is closed: those of `fetch`, `WebSocket`, `http.request` and `https.request`, and of libraries that use them. At most one emulator of a process can have it. Default: false.":
    '是否让本进程对官方域名（例如 `https://api.dingtalk.com`）的调用到达模拟器，直到模拟器关闭：包括 `fetch`、`WebSocket`、`http.request` 和 `https.request`，以及使用它们的库。一个进程同一时间最多有一个这样的模拟器。默认：false。',
  'How long after a send readStatus returns its receipt, such as `12h`. Default: `24h`.':
    '发送后多久之内可以用 readStatus 查询回执，例如 `12h`。默认：`24h`。',
  'Format of readTimestamp in readStatus. Default: `seconds`.': 'readStatus 中 readTimestamp 的形式。默认：`seconds`。',
  'Maximum number of calls per second for each app and API; 0 is no limit. Default: 0.':
    '每个应用每个接口每秒最多调用几次；0 表示不限。默认：0。',
  "How long a Stream connection lasts, by the emulator's clock, before the client is asked to connect again. Default: `12h`.":
    'Stream 连接持续多久（按模拟器的时钟）后，请客户端重新连接。默认：`12h`。',
  'Maximum number of Stream connections of one app, and of its tickets that are not used yet. Default: 100.':
    '一个应用的 Stream 连接的最大数量，也是其未使用的 ticket 的最大数量。默认：100。',
  "Whether a message to a robot that has no answer after 60 s of the emulator's clock is sent once more. Default: `on`.":
    '发给机器人的消息，60 秒内（按模拟器的时钟）没有响应时，是否再推送一次。默认：`on`。',
  'A running emulator. Methods reject with an EmulatorError whose `code` is one of the error reference, `huizhi.timeout` or `huizhi.closed`.':
    '运行中的模拟器。各方法失败时以 EmulatorError reject，其 `code` 是错误参考中的错误码、`huizhi.timeout` 或 `huizhi.closed`。',
  "`http://127.0.0.1:port`; without a socket `http://huizhi.test`, which only the emulator's `fetch` resolves.":
    '`http://127.0.0.1:port`；不监听端口时为 `http://huizhi.test`，只有模拟器的 `fetch` 能访问。',
  'Credentials of the first internal app of the setup that can send. `corpId`, `robotCode` and `userIds` are its organization, robot and recipients. All are empty if there is no such app.':
    'setup 中第一个可以发送消息的企业内部应用的凭证。`corpId`、`robotCode` 和 `userIds` 是它的组织、机器人和收件人。没有这样的应用时全部为空。',
  'The agent_id of the same app in the calls for work notices; 0 if there is none.':
    '该应用在工作通知接口中的 agent_id；没有这样的应用时为 0。',
  'Bearer token of the operator.': '管理员的 bearer 令牌。',
  'Calls the emulator without a socket. The host of the URL is ignored, and a path alone is enough.':
    '不经过套接字，直接调用模拟器。忽略 URL 中的主机，只写路径也可以。',
  'Holds deliveries: messages sent from now on stay PROCESSING until `release()`.':
    '暂停投递：此后发送的消息停留在 PROCESSING，直到调用 `release()`。',
  'Delivers all held messages and ends the hold; resolves to the number of messages that were held.':
    '投递所有等待中的消息，并恢复投递；返回被暂停的消息数。',
  'Marks a message, by its processQueryKey or by the messageId of `/chat/send`, as read by these recipients or members (default: all), in this order and in a manner (default: `seen`). Resolves to the number of recipients who had not read it before.':
    '让这些收件人或成员（默认：全部）按此顺序、以某种方式（默认：`seen`）阅读一条消息；消息用 processQueryKey 或 `/chat/send` 返回的 messageId 指定。返回此前未读的收件人数。',
  'Resolves to the deliveries of DINGs, newest DING first.': '返回 DING 的各次投递，最新的 DING 在前。',
  'Marks a DING as read by these receivers (default: all), in a manner (default: `seen`). Resolves to the number of receivers who had not read it before.':
    '让这些收件人（默认：全部）以某种方式（默认：`seen`）阅读一条 DING。返回此前未读的收件人数。',
  'Sets the quotas of DINGs by SMS and by phone.': '设置短信和电话 DING 的配额。',
  'Resolves to the work notices of an organization (default: `corpId`), newest first.':
    '返回一个组织（默认：`corpId`）的工作通知，最新的在前。',
  'Resolves to a work notice of an organization (default: `corpId`) with its result.':
    '返回一个组织（默认：`corpId`）的一条工作通知及其结果。',
  'Marks a work notice of an organization (default: `corpId`) as read by these receivers (default: all who got it), in a manner (default: `seen`). Resolves to the number of receivers who had not read it before.':
    '让这些收件人（默认：收到通知的所有人）以某种方式（默认：`seen`）阅读一个组织（默认：`corpId`）的一条工作通知。返回此前未读的收件人数。',
  'Resolves to the oldest accepted work notice that matches and that no earlier call returned; waits until there is one.':
    '返回最早的一条匹配的、之前的调用尚未返回过的已接受工作通知；没有时等待。',
  'Creates or changes departments of an organization (default: `corpId`). Resolves to all its departments, parents first; without a list it changes nothing.':
    '创建或修改一个组织（默认：`corpId`）的部门。返回该组织的所有部门，上级部门在前；不给出列表时不做修改。',
  'Creates or changes users of an organization (default: `corpId`); absent members stay as they are. Resolves to these users.':
    '创建或修改一个组织（默认：`corpId`）的用户；没有给出的字段保持不变。返回这些用户。',
  'Replaces the reader rules, which apply to messages delivered from now on; an empty list removes all.':
    '替换自动已读规则，对此后投递的消息生效；空列表清除所有规则。',
  'Replaces the fault rules, which apply to calls from now on; an empty list removes all.':
    '替换故障规则，对此后的调用生效；空列表清除所有规则。',
  'Creates a group.': '创建群。',
  'Lets a member leave a group of an organization (default: `corpId`) by themselves.':
    '让一名成员自己退出一个组织（默认：`corpId`）的群。',
  'Creates a custom robot: a webhook that sends into a group.': '创建自定义机器人，即向群发送消息的 webhook。',
  'Uploads a file for messages, without a token. Resolves to its media_id. Rejects with `huizhi.badRequest` for a format that the type does not accept, and with `huizhi.tooLarge`.':
    '上传消息中使用的文件，不需要令牌。返回 media_id。类型不接受该格式时以 `huizhi.badRequest` reject，文件过大时以 `huizhi.tooLarge` reject。',
  'Resolves to a downloadCode of a file, as in a message that a robot (default: `robotCode`) has received. It is good for 24 hours.':
    '返回文件的 downloadCode，与机器人（默认：`robotCode`）收到的消息中的相同。24 小时内有效。',
  "Resolves to the newest 1000 requests to the vendor's API with responses, oldest first; errors include their actual cause.":
    '返回对钉钉 API 的最近 1000 个请求及其响应，最早的在前；错误附有真正的原因。',
  'Returns the accepted sends among the recorded requests, oldest first.':
    '返回记录的请求中已被接受的发送，最早的在前。',
  'Resolves to the complete state of the emulator as JSON.': '以 JSON 返回模拟器的全部状态。',
  'Restores a snapshot, of this emulator or of another one.': '恢复快照，可以来自这个或另一个模拟器。',
  'Resets the emulator to its state after the start.': '把模拟器重置为启动后的状态。',
  'Resolves to the oldest accepted send that matches and that no earlier call returned; waits until there is one.':
    '返回最早的一条匹配的、之前的调用尚未返回过的已接受发送；没有时等待。',
  'Waits until these recipients (default: all) have read a message; resolves to the read marks of all recipients.':
    '等到这些收件人（默认：全部）都已读一条消息；返回所有收件人的已读情况。',
  'Writes as a person to a robot (default: `robotCode`) or in a conversation, as in the inbox.':
    '以用户的身份给机器人（默认：`robotCode`）或在会话中发消息，与在收件箱中相同。',
  'Resolves to the oldest message of a robot that has reached a person since their first `say`, that matches, and that no earlier call returned; waits until there is one.':
    '返回用户第一次 `say` 以来收到的机器人消息中，最早的一条匹配的、之前的调用尚未返回过的消息；没有时等待。',
  'The interactive cards.': '互动卡片。',
  'Resolves to the oldest event, by organization, that matches and that no earlier call returned; waits until there is one.':
    '依次在各组织中查找，返回最早的一个匹配的、之前的调用尚未返回过的事件；没有时等待。',
  'Stops the emulator: closes its connections and rejects pending waits with `huizhi.closed`.':
    '停止模拟器：关闭其连接，未完成的等待以 `huizhi.closed` reject。',
  'The clock of the emulator. All its time rules use it: tokens, read windows, delays of readers and deliveries.':
    '模拟器的时钟。所有与时间有关的规则都使用它：令牌、查询时限、自动已读和投递的延迟。',
  'Returns the time in epoch milliseconds.': '返回当前时间的毫秒时间戳。',
  'Moves the clock forward and runs everything that falls due, in order. Resolves to the new time when all of it is done.':
    '把时钟向前拨，并按顺序执行到期的任务。全部完成后返回新的时间。',
  'Sets the clock to a Date or epoch milliseconds; resolves to the new time. Setting it back undoes nothing.':
    '把时钟设为 Date 或毫秒时间戳；返回新的时间。往回拨不会撤销任何内容。',
  'Stops the clock, or with `false` lets it run again; resolves to the time.':
    '冻结时钟；传入 `false` 则恢复运行。返回当前时间。',
  'Makes users read messages automatically. If several rules match a message, the first one applies.':
    '让用户自动阅读消息。多条规则匹配同一条消息时，以第一条为准。',
  'The organization of the users; any if absent.': '用户所属的组织；省略时为任意组织。',
  'A userId, or `*` for all users.': 'userId，或表示所有用户的 `*`。',
  'How long after its delivery the message is read; immediately if absent.': '投递多久之后阅读消息；省略时立即阅读。',
  'Probability from 0 to 1 that a message is read; 1 if absent.': '一条消息被阅读的概率，0 到 1；省略时为 1。',
  'How they read; `seen` if absent.': '阅读的方式；省略时为 `seen`。',
  '`seen`: all of the message was in view. `mark`: its end was reached by keyboard or screen reader, or a program marked it read.':
    '`seen`：整条消息都已显示。`mark`：通过键盘或读屏软件到达了结尾，或由程序标为已读。',
  'Which calls fail, and how. If several rules match a call, the first one applies.':
    '哪些调用失败，如何失败。多条规则匹配同一个调用时，以第一条为准。',
  'Only calls to this path; a trailing `*` matches any rest.': '只匹配该路径的调用；末尾的 `*` 匹配任意内容。',
  'The first matching call to which the fault applies, counted from 1.': '从第几次匹配的调用起生效，从 1 开始计数。',
  'The number of calls to which the fault applies; no limit if absent.': '对多少次调用生效；省略时不限。',
  'The call returns this error.': '调用返回此错误。',
  'The call returns this error of the old host; the rule matches only calls on its paths.':
    '调用返回旧版域名的此错误；规则只匹配旧版域名的路径。',
  "With `error`, for a path of a recall only, such as `/v1.0/robot/otoMessages/batchRecall`: the call succeeds, but these processQueryKeys (all if true) are returned as failed, with the error's code.":
    '与 `error` 一起使用，且只用于撤回的路径，例如 `/v1.0/robot/otoMessages/batchRecall`：调用成功，但这些 processQueryKey（为 true 时是全部）以该错误的错误码列为失败。',
  'Delay of the call in real time, before the error, the drop or the normal response.':
    '返回错误、断开连接或正常响应之前的延迟，按真实时间。',
  'Closes the connection without a response.': '断开连接，不响应。',
  "Sends a push of Stream mode twice; only with `method: 'PUSH'`.":
    "把 Stream 模式的推送发送两次；仅用于 `method: 'PUSH'`。",
  'A group to create; everything may be left out.': '要创建的群，各项都可以省略。',
  '`private` is a conversation of two people, who are its members. Default: `group`.':
    '`private` 为人与人会话，成员就是这两个人。默认：`group`。',
  'Default: the `corpId` of the emulator.': '默认：模拟器的 `corpId`。',
  'The userId of the owner, who becomes a member. Default: the first member, or else the first user.':
    '群主的 userId，群主会成为成员。默认：第一个成员，没有时为第一个用户。',
  'userIds, up to 20,000, or `all`: the users of the organization. Default: the owner alone.':
    'userId 的列表，最多 20,000 个；或 `all`，即组织的所有用户。默认：只有群主。',
  'robotCodes of robots that are installed in the organization. Default: the `robotCode` of the emulator.':
    '安装在该组织的机器人的 robotCode。默认：模拟器的 `robotCode`。',
  'The ids of a conversation. `chatId` is null for a conversation of two people.':
    '会话的各个 id。人与人会话的 `chatId` 为 null。',
  'A custom robot to create; everything may be left out.': '要创建的自定义机器人，各项都可以省略。',
  'The group into which it sends. Default: a new group of all users.':
    '机器人向其发送消息的群。默认：由所有用户组成的新群。',
  'One of them must occur in a message.': '消息须包含其中之一。',
  'IP addresses and ranges from which messages are accepted.': '接受消息的 IP 地址和地址段。',
  'Whether messages need a signature. Default: false.': '消息是否须加签。默认：false。',
  'A custom robot. `url` is its webhook, and `secret` signs messages; null if they need no signature.':
    '自定义机器人。`url` 是它的 webhook；`secret` 用于加签，不要求加签时为 null。',
  'A recipient, and when they read the message: epoch milliseconds, or null if unread.':
    '一个收件人及其阅读消息的时间：毫秒时间戳，未读时为 null。',
  'A department. `parentId` is 1 below the root department.': '部门。直属根部门时，`parentId` 为 1。',
  'A user with everything that a program can look up.': '用户，包含程序可以查询的全部信息。',
  'At least the root department, 1.': '至少有根部门 1。',
  'A work notice: a message of an app to users and departments.': '工作通知：应用发给用户和部门的消息。',
  'The task_id that the send returned.': '发送时返回的 task_id。',
  'The object of the message that is named like the msgtype; null after a recall.':
    '消息中与 msgtype 同名的对象；撤回后为 null。',
  "Epoch milliseconds, by the emulator's clock.": '毫秒时间戳，按模拟器的时钟。',
  'Number of users to whom it was sent, without those who do not exist.': '发送给多少个用户，不计不存在的用户。',
  'A work notice with those who got it, and those who did not, with the reason.':
    '工作通知，以及谁收到了、谁没有收到及其原因。',
  'Too many notices on that day, the same content again on that day, too many receivers in that minute, has left.':
    '依次为：当天的通知过多、当天内容重复、该分钟的收件人过多、已离职。',
  'Selects a work notice: all given members must match. `text` is searched in all texts of the message.':
    '选择工作通知：给出的字段须全部匹配。`text` 在消息的所有文本中查找。',
  'Options of the wait methods. `timeout` is in real time, 5 s if absent.':
    '各等待方法的选项。`timeout` 按真实时间，省略时为 5 秒。',
  'Milliseconds, or a number and a unit: `90s`, `10m`, `25h`.': '毫秒数，或一个数字加单位：`90s`、`10m`、`25h`。',
  'An accepted send of a robot, or of an app with `/chat/send`.':
    '一次已被接受的发送，由机器人发送，或由应用用 `/chat/send` 发送。',
  'For a message of an app its messageId.': '对于应用的消息，为其 messageId。',
  'Empty for a message of an app.': '应用的消息为空。',
  'For a message of an app that of the inbox, such as `noticeText`.':
    '对于应用的消息，为收件箱中的类型，例如 `noticeText`。',
  'The parsed msgParam; for a message of an app the object that is named like its msgtype.':
    '解析后的 msgParam；对于应用的消息，为与 msgtype 同名的对象。',
  'The users who get the message, without invalid, flow-controlled and filtered ones. Empty for a message to a conversation.':
    '收到消息的用户，不包括不存在、被流控和已屏蔽机器人的用户。发给会话的消息为空。',
  'The conversation it was sent to; absent for a message to users.': '消息发往的会话；发给用户的消息没有此项。',
  'The chatid of the group to which an app has sent.': '应用向其发送消息的群的 chatid。',
  'Selects a message: all given members must match. `text` is searched in all string values of msgParam.':
    '选择消息：给出的字段须全部匹配。`text` 在 msgParam 的所有字符串值中查找。',
  'A message that is more than a text. `mediaId` is that of `upload`, and `duration` is in milliseconds.':
    '不限于文本的消息。`mediaId` 由 `upload` 返回，`duration` 以毫秒为单位。',
  'Where and how a person writes with `say`.': '用户用 `say` 在哪里、如何发消息。',
  'The robot to which they write (default: `robotCode`); with `openConversationId`, a robot that the message names.':
    '接收消息的机器人（默认：`robotCode`）；给出 `openConversationId` 时，为消息 @ 的机器人。',
  'The conversation in which they write; a group or a conversation of two.': '发消息的会话：群或人与人会话。',
  'Default: the organization of `robotCode`.': '默认：`robotCode` 的组织。',
  'Members whom the message names.': '消息 @ 的成员。',
  'The `messageId` of a message in the same conversation that it quotes.':
    '它引用的消息的 `messageId`，须在同一会话中。',
  'A message that a person has written.': '用户发出的消息。',
  'The id in the inbox.': '在收件箱中的 id。',
  'The id that robots get.': '机器人收到的 id。',
  'The id of the conversation in the inbox.': '会话在收件箱中的 id。',
  'Epoch milliseconds.': '毫秒时间戳。',
  'The robots to which it was written. `stream`: a program listens in Stream mode; `http`: it is posted to the address of the app; `none`: nobody gets it.':
    '消息发给了哪些机器人。`stream`：有程序以 Stream 模式接收；`http`：消息发往应用的地址；`none`：没有程序接收。',
  'Selects replies; all members that are given must match.': '选择回复：给出的字段须全部匹配。',
  'Whose inbox is watched. Default: the person of the last `say`.':
    '等待哪个用户的收件箱。默认：最近一次 `say` 的用户。',
  'A part of a text of the message, or an expression that a text must match.':
    '消息中某段文本的一部分，或某段文本须匹配的正则表达式。',
  'A message of a robot as a person sees it.': '用户所见的机器人消息。',
  'The interactive cards of an emulator.': '模拟器的互动卡片。',
  'Reads a card by its outTrackId.': '按 outTrackId 读取卡片。',
  'Clicks a button as a person who has received the card. Any actionId is allowed, because a template may have buttons that its variables do not name. `params` are sent in addition to those of the button.':
    '以收到卡片的用户的身份点击按钮。actionId 可以任意，因为模板可能有变量中没有的按钮。除按钮自带的参数外，还会发送 `params`。',
  'Waits until a card exists and fulfills a condition (default: none).': '等到卡片存在并满足条件（默认：无条件）。',
  'Which card: the id that its app has given it, and more if several apps or organizations have such a card.':
    '指定卡片：应用给它的 id；多个应用或组织有这样的卡片时，还需要其他字段。',
  'The userId of the person who looks at it. Default: nobody, without private data.':
    '查看卡片的用户的 userId。默认：无，不含私有数据。',
  'An interactive card as a person sees it.': '用户所见的互动卡片。',
  'Rises with each change.': '每次变更都会增大。',
  'The variables of the template, joined into one text.': '模板的变量，合并为一段文本。',
  'http or https addresses, or mediaIds.': 'http 或 https 地址，或 mediaId。',
  'The address that it opens; null if a click is sent to the program.': '按钮打开的地址；点击发送给程序时为 null。',
  '`growing`: the text is still being written. `failed`: its program has given up.':
    '`growing`：文本仍在生成。`failed`：程序已放弃。',
  'The variables of the template, without private data.': '模板的变量，不含私有数据。',
  'The result of a click. `delivered` is whether the program has answered within 2 seconds.':
    '点击的结果。`delivered` 表示程序是否在 2 秒内响应。',
  'A condition for a card: its lowest revision, the state of its text, a part of its text, or a function.':
    '卡片的条件：最小的 revision、文本的状态、文本的一部分，或一个函数。',
  'A part of the title or the Markdown, or an expression that one of them matches.':
    '标题或 Markdown 的一部分，或两者之一须匹配的正则表达式。',
  "An event of an organization, as endpoints get it. Times are those of the emulator's clock.":
    '组织的一个事件，与接收地址得到的相同。时间按模拟器的时钟。',
  'ISO 8601 in UTC.': 'ISO 8601 格式，UTC。',
  'Numbers of an organization begin at 1 and have no gaps.': '在组织内从 1 开始连续编号。',
  'The message; in `message.*` and `receipt.*`, as are the next two and `sentAt`.':
    '消息；只出现在 `message.*` 和 `receipt.*` 中，之后的两个字段和 `sentAt` 也是如此。',
  'Of a message or of a group; null for a message to users.': '消息所在的会话，或群；发给用户的消息为 null。',
  'When and how somebody has read; only in `receipt.read`.': '何时、以何种方式已读；只出现在 `receipt.read` 中。',
  'Who has read; or the user who was added, changed or removed.': '已读的用户；或被添加、变更或删除的用户。',
  'The name of that user, or of the department.': '该用户的姓名，或部门的名称。',
  'The group; in `group.*`.': '群；只出现在 `group.*` 中。',
  'Who was added or removed, or has left, at most 1,000; or the new owner.':
    '被添加、移除或退群的成员，最多 1,000 个；或新群主。',
  'The department, and the one above it, null for the root department; in `department.*`.':
    '部门，以及上级部门（根部门的上级为 null）；只出现在 `department.*` 中。',
  'Selects an event: all given members must match.': '选择事件：给出的字段须全部匹配。',
  'Also one of the members who were added or removed, or have left.': '也可以是被添加、移除或退群的成员之一。',
  'Default: any organization.': '默认：任意组织。',
};
