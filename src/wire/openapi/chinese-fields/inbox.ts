/** The Chinese texts of the fields, parameters and responses of the calls of the inbox, by their English texts. */
export const inboxFields: Readonly<Record<string, string>> = {
  'Only people of this organization.': '只返回该组织的用户。',
  'Part of a userId or name.': 'userId 或姓名的一部分。',
  'Maximum number of people in the response. Default: 20.': '响应中的最大用户数。默认：20。',
  'To the provider, with a cookie of this sign-in; or to /?signIn=failed if the provider is unavailable.':
    '重定向到身份提供方，带有本次登录的 cookie；身份提供方不可用时重定向到 /?signIn=failed。',
  'Makes the provider ask for a sign-in even if somebody is signed in there.':
    '即使已在身份提供方登录，也要求重新登录。',
  'To the inbox, signed in; or to /?signIn=failed, or to /?signIn=unknown if the person is not a user.':
    '重定向到收件箱，已登录；或到 /?signIn=failed；登录者不是用户时到 /?signIn=unknown。',
  'Maximum number of messages in the page. Default: 20.': '一页的最大消息数。默认：20。',
  'The cursor of the previous page.': '上一页的 cursor。',
  'Only messages that are unread.': '只返回未读消息。',
  'Only messages of this robot, in all conversations.': '只返回该机器人的消息，包括所有会话。',
  'Only messages of this conversation.': '只返回该会话的消息。',
  'Words that must all occur in the visible text of a message, the name of its sender, or the title of its conversation. Case, width and accents are ignored.':
    '须全部出现在消息的可见文本、发送方名称或会话标题中的词。忽略大小写、全半角和重音符号。',
  'Maximum number of messages in the response. Default: 20.': '响应中的最大消息数。默认：20。',
  'The cursor of the previous call.': '上一次调用的 cursor。',
  'Server-sent events message (data: InboxMessageEvent), read (InboxReadEvent), recall (InboxRecallEvent), robot (InboxRobotEvent), conversation (InboxConversationEvent), emotion (InboxEmotionEvent), ding (InboxDingEvent), dingRead (InboxDingReadEvent), dingRecall (InboxDingRecallEvent) and card (InboxCardEvent). The id of an event is its number in the stream of this person, without gaps. An event card has no id and is not repeated after a reconnect, so read the cards on the page again then. A person can have 32 streams on one process; one more closes the oldest.':
    'server-sent events：message（data：InboxMessageEvent）、read（InboxReadEvent）、recall（InboxRecallEvent）、robot（InboxRobotEvent）、conversation（InboxConversationEvent）、emotion（InboxEmotionEvent）、ding（InboxDingEvent）、dingRead（InboxDingReadEvent）、dingRecall（InboxDingRecallEvent）和 card（InboxCardEvent）。事件的 id 是它在该用户事件流中的编号，连续无缺口。card 事件没有 id，重新连接后不会重复，因此请在重新连接后重新读取页面上的卡片。一个用户在一个进程上最多有 32 个事件流；超出时关闭最旧的。',
  'All events after this number; only new ones by default.': '该编号之后的所有事件；默认只返回新事件。',
  'Number of the last event that the client received.': '客户端收到的最后一个事件的编号。',
  'Maximum number of members in the page. Default: 20.': '一页的最大成员数。默认：20。',
  'Maximum number of items in the page. Default: 20.': '一页的最大项数。默认：20。',
  'The file; a part of it (206) if the request has a Range.': '文件；请求带有 Range 时为其中一部分（206）。',
  'The name of the file. Default: the type.': '文件名。默认：类型。',
  'One-time sign-in code.': '一次性登录码。',
  'In `dev` only: signs in as anybody.': '仅在 `dev` 中：以任意用户登录。',
  'Send it as a bearer token; the response also sets it as a cookie.': '作为 bearer 令牌发送；响应同时设置 cookie。',
  'null if nobody is signed in.': '没有登录时为 null。',
  'Number of the newest event of this user. Pass it as `since` to follow the events.':
    '该用户最新事件的编号。作为 `since` 传入即可跟踪事件。',
  'Ways to sign in: person (as anybody) in `dev`, oidc through /inbox/v1/oidc/start, code with a code from the console.':
    '登录方式：`dev` 中的 person（以任意用户登录），通过 /inbox/v1/oidc/start 的 oidc，使用控制台登录码的 code。',
  'Whether pages load pictures in messages from other hosts; their content security policy also enforces block.':
    '页面是否加载消息中来自其他服务器的图片；页面的内容安全策略也会执行 block。',
  'Identifies the message in this inbox; not the processQueryKey.': '在该收件箱中标识消息；不是 processQueryKey。',
  'The conversation in which the inbox shows the message.': '收件箱显示该消息的会话。',
  'null unless a person has written the message.': '为 null，除非消息由用户发出。',
  'Who or what has sent the message.': '消息由谁发出。',
  'A JSON object as a string; null after the message is recalled.': 'JSON 对象的字符串；消息撤回后为 null。',
  'Time of the first read; null while unread.': '首次阅读的时间；未读时为 null。',
  'The conversation it was sent to; null if it was sent to the user alone.':
    '消息发往的会话；单独发给该用户时为 null。',
  'null after the message is recalled.': '消息撤回后为 null。',
  'The message that it quotes.': '它引用的消息。',
  'What robots have attached to the message of a person, such as 👀.': '机器人给用户的消息贴上的表情，例如 👀。',
  'Identifies the card; not the outTrackId.': '标识卡片；不是 outTrackId。',
  'The interactive card that the message shows; null for other messages.': '消息显示的互动卡片；其他消息为 null。',
  'The cursor of the next page; null on the last page.': '下一页的 cursor；最后一页为 null。',
  'Unread messages in the whole inbox.': '整个收件箱的未读消息数。',
  'Plain text on one line, shortened to the surroundings of the first match.': '一行纯文本，截取第一个匹配处的上下文。',
  'Positions of the words in the excerpt, in UTF-16 code units; end is exclusive.':
    '各词在摘要中的位置，以 UTF-16 代码单元计；不含结束位置。',
  'Continues the search; null after all messages were scanned.': '继续搜索；已搜索全部消息时为 null。',
  'Messages sent since this time were scanned, by this or an earlier call; null if all were.':
    '本次或之前的调用已搜索此时间之后的消息；已全部搜索时为 null。',
  'seen: all of the message was in view. mark: its end was reached by keyboard or screen reader, or a program marked it read.':
    'seen：整条消息都已显示。mark：通过键盘或读屏软件到达结尾，或由程序标为已读。',
  'Number of messages that were unread before.': '此前未读的消息数。',
  'Identifies the DING; not the openDingId.': '标识 DING；不是 openDingId。',
  'How the robot reminds: in the app, by SMS or by phone.': '机器人的提醒方式：应用内、短信或电话。',
  'Rises with each change of the card.': '卡片每次变更时增大。',
  'If false, it is listed because of its unread messages, and has no settings.':
    '为 false 时，因有未读消息而列出，没有设置。',
  'Messages arrive without a notification.': '消息照常送达，但不提醒。',
  'Messages are refused: a send lists this person in filteredStaffIdList.':
    '拒收消息：发送时该用户列在 filteredStaffIdList 中。',
  'Whether the operator forbids people to block it.': '管理员是否禁止用户屏蔽它。',
  'Whether an upgrade turned a mute into this block; true until `DELETE /inbox/v1/notices` dismisses the notice.':
    '该屏蔽是否由升级时的静音转换而来；在 `DELETE /inbox/v1/notices` 关闭提示之前为 true。',
  'A short description, from the robot; null if it is not set.': '机器人的简介；没有设置时为 null。',
  'Links that the robot shows in its conversation. A dtmd link sends its text to the robot.':
    '机器人在会话中显示的链接。dtmd 链接把其文本发给机器人。',
  'The text of the link by language, such as zh_CN.': '链接在各语言中的文本，例如 zh_CN。',
  'Address on phones.': '手机上的地址。',
  'Number of the newest event of this person that the counts include.': '计数所包含的该用户最新事件的编号。',
  'Whether messages arrive without a notification.': '消息是否不提醒地送达。',
  'Whether messages are refused.': '是否拒收消息。',
  'In no particular order. Left and disbanded ones are listed while they have unread or recent messages. Of more than 1,000 groups, those created last and those with unread or recent messages are listed.':
    '没有特定顺序。已退出和已解散的会话，在有未读或近期消息时列出。群超过 1,000 个时，列出最后创建的以及有未读或近期消息的群。',
  'The name of the robot, the title of the group, the name of the other person, or the name of the app.':
    '机器人的名称、群的名称、对方的姓名，或应用的名称。',
  'null for a robot, and for the work notices of an app.': '机器人和应用的工作通知为 null。',
  'left: the user is no longer a member, or the robot is no longer installed. disbanded: the group has ended.':
    'left：用户已不是成员，或机器人已卸载。disbanded：群已解散。',
  'Messages arrive without a notification. They are unread like others.':
    '消息照常送达，但不提醒，与其他消息一样计为未读。',
  'The newest message; null if it is not among the newest 256 of the inbox.':
    '最新的消息；不在收件箱最新的 256 条之内时为 null。',
  'The robot with the settings of the user; null for other conversations.': '机器人及用户的设置；其他会话为 null。',
  'In the order in which the users were created.': '按用户创建的先后排序。',
  'Number of DINGs that were unread before.': '此前未读的 DING 数。',
  'Plain text; may be empty.': '纯文本；可以为空。',
  'The variables of the template, joined into one Markdown text; not sanitized.':
    '模板的变量拼接成的 Markdown 文本；未做安全过滤。',
  'http or https addresses, or mediaIds of `GET /inbox/v1/messages/{messageId}/media/{mediaId}`.':
    'http 或 https 地址，或 `GET /inbox/v1/messages/{messageId}/media/{mediaId}` 的 mediaId。',
  'Pass it to the call that clicks.': '点击时传给接口。',
  'The address that it opens; null if a click is sent to the program of the card.':
    '它打开的地址；点击发送给卡片的程序时为 null。',
  'growing: the text is still being written. failed: its program has given up.':
    'growing：文本仍在生成。failed：程序已放弃。',
  'The actionId of a button.': '按钮的 actionId。',
  'Sent to the program in addition to the params of the button, such as the text of a form.':
    '除按钮的参数外，还发送给程序的内容，例如表单中的文本。',
  'Whether the program of the card has answered within 2 seconds.': '卡片的程序是否在 2 秒内响应。',
  'Bytes.': '字节数。',
  'Conversations of several people take text, richText and picture alone.':
    '多人会话只接受 text、richText 和 picture。',
  'For text: up to 20000 bytes of UTF-8.': '用于 text：UTF-8 编码最多 20000 字节。',
  'For richText: texts and pictures.': '用于 richText：文字和图片。',
  'A file that was uploaded.': '已上传的文件。',
  'A text or a picture.': '文字或图片。',
  'For picture, audio, video and file: the uploaded file.': '用于 picture、audio、video 和 file：已上传的文件。',
  'For audio and video: milliseconds. Default: 0.': '用于 audio 和 video：毫秒数。默认：0。',
  'For audio: what was said.': '用于 audio：所说的内容。',
  'For file. Default: the name of the uploaded file.': '用于 file。默认：上传文件的名称。',
  'Robots of the conversation that the message names. Only these receive it.':
    '消息 @ 的会话内机器人。只有它们会收到消息。',
  'Members whom the message names.': '消息 @ 的成员。',
  'A message of the same conversation that it quotes.': '它引用的同一会话的消息。',
  'A repeat with the same sendId within 24 hours writes nothing and returns the first message.':
    '24 小时内用同一个 sendId 重复，不会写入任何内容，返回首次的消息。',
  'The robots to which it was written; empty for a repeat.': '消息发给的机器人；重复时为空。',
  'stream: a program listens in Stream mode. http: it is posted to the address of the app. none: nobody gets it.':
    'stream：有程序以 Stream 模式接收。http：POST 到应用的地址。none：没有程序收到。',
};
