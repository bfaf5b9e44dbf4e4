/** The Chinese texts of `docs/zh/reference/client.md`, by the English ones. */

export const clientHead = `# 客户端

\`huizhi/client\` 的全部导出，由源代码生成。时间为毫秒时间戳，时长以毫秒为单位。用法见[使用客户端](../how-to/client.md)；\`ApiError\` 的错误码见[错误](errors.md)。
`;

/** The titles of the page, and the comments of the declarations. */
export const clientTexts: Readonly<Record<string, string>> = {
  'The client': '客户端',
  Send: '发送',
  'Read status': '已读状态',
  Watch: '跟踪',
  Recall: '撤回',
  DINGs: 'DING',
  'Work notices': '工作通知',
  Groups: '群',
  'Find users': '查找用户',
  Upload: '上传',
  Errors: '错误',
  Events: '事件',
  'Creates a client. It sends no request until its first call, and caches one token for all calls. Throws a TypeError for unknown or invalid options.':
    '创建客户端。第一次调用之前不发送任何请求；所有调用共用一个缓存的令牌。选项未知或无效时抛出 TypeError。',
  'A client of the robot API, of huizhi or of the vendor.': '机器人 API 的客户端，可用于 huizhi，也可用于钉钉官方。',
  'Sends a message to any number of users, in parts of up to 20 users, several parts in parallel. Resolves to one result for all parts. Rejects with a SendError if no part was accepted, also if the organization has none of the users; with a TypeError for invalid options.':
    '向任意数量的用户发送消息：每一部分最多 20 个用户，几个部分同时发送，各部分的结果合并返回。没有任何部分被接受时（包括组织中没有这些用户）以 SendError reject；选项无效时以 TypeError reject。',
  'Queries once who has read a message. Rejects with an ApiError or a ConnectionError.':
    '查询一次消息有谁已读。失败时以 ApiError 或 ConnectionError reject。',
  'Polls messages and yields each change. Ends when all messages have ended: everyone has read, the message was recalled, its read window has closed, or it cannot be queried.':
    '轮询消息，依次给出每个变化。所有人已读、消息已撤回、查询时限已过或无法查询时，对该消息的跟踪结束；所有消息的跟踪都结束后，watch 结束。',
  'Uploads a file, for messages with pictures, sounds, videos and files. Rejects with an ApiError whose code is the `errcode` of the call, such as `40006`.':
    '上传文件，用于带有图片、语音、视频和文件的消息。失败时以 ApiError reject，其错误码是接口的 `errcode`，例如 `40006`。',
  'Recalls any number of messages, up to 20 per call. Each key succeeds or fails independently. Rejects only if every call failed.':
    '撤回任意数量的消息，每次调用最多 20 条。各个 key 的成败互不影响；只有所有调用都失败时才 reject。',
  'Finds the users with these mobiles, to send to them. The app needs the permission `qyapi_get_member_by_mobile`. Rejects with an ApiError or a ConnectionError.':
    '按手机号查找用户，以便向他们发送消息。应用需要权限 `qyapi_get_member_by_mobile`。失败时以 ApiError 或 ConnectionError reject。',
  'Sends a message to a group. Rejects with an ApiError or a ConnectionError; with a TypeError for invalid options.':
    '向群发送消息。失败时以 ApiError 或 ConnectionError reject；选项无效时以 TypeError reject。',
  'Queries page by page which members have read a message to a group, in the order of reading. Throws an ApiError or a ConnectionError.':
    '按页查询群消息有哪些成员已读，按已读的先后排列。失败时抛出 ApiError 或 ConnectionError。',
  'Recalls any number of messages to a group, as `recall` does.': '撤回任意数量的群消息，规则与 `recall` 相同。',
  'DINGs: reminders in the app, by SMS or by phone.': 'DING：应用内、短信或电话提醒。',
  'Work notices: messages of an app to users, departments or everybody.': '工作通知：应用发给用户、部门或全员的消息。',
  'Options of a client. Only the endpoint and the credentials are required.':
    '客户端的选项。只有 endpoint 和凭证是必填的。',
  'URL of the API, such as `http://127.0.0.1:8720` or `https://api.dingtalk.com`.':
    'API 的地址，例如 `http://127.0.0.1:8720` 或 `https://api.dingtalk.com`。',
  'The robot of all calls that do not set their own.': '默认的机器人，用于没有另行指定机器人的调用。',
  'The number of the app, for all calls for work notices that do not set their own.':
    '默认应用的编号，用于没有另行指定应用的工作通知调用。',
  'Replaces the global `fetch`.': '替换全局的 `fetch`。',
  'Timeout of one attempt in milliseconds; default 10,000.': '一次尝试的超时时间，单位为毫秒；默认 10,000。',
  'Maximum number of retries of a call, if a retry is safe; default 3.':
    '一次调用最多重试几次，只在可以安全重试时重试；默认 3。',
  'Maximum number of parallel calls of one send, recall or watch; default 4.':
    '一次 send、recall 或 watch 最多同时进行几个调用；默认 4。',
  "Maximum number of calls per second to each API; 0 is no limit. Default 20 for the vendor's hosts, which refuse more, else 0.":
    '对每个接口每秒最多调用几次；0 表示不限。对官方域名默认为 20，因为超出的会被拒绝；其他默认为 0。',
  "Whether the server supports the `idempotency-key` header, so that a send may be repeated if its response was lost. huizhi does, the vendor does not. Default true, but false for the vendor's hosts. Set it to false for a proxy to the vendor.":
    '服务器是否支持请求头 `idempotency-key`；支持时，没有得到响应的发送可以重复。huizhi 支持，钉钉不支持。默认为 true，对官方域名为 false。通过代理调用官方域名时，请设为 false。',
  'Called for each event: request, response, retry and token request.':
    '每个事件发生时调用：请求、响应、重试和获取令牌。',
  "Resolves after some milliseconds, or rejects with the signal's reason when the signal aborts. For tests.":
    '若干毫秒后 resolve；signal 中止时，以其原因 reject。供测试使用。',
  'Returns the time in epoch milliseconds. For tests.': '返回当前时间的毫秒时间戳。供测试使用。',
  'Returns a number from 0 to 1, which spreads the waits before retries. For tests.':
    '返回 0 到 1 之间的数，使各次重试前的等待时间错开。供测试使用。',
  'The credentials of an app, or an access token.': '应用的凭证，或访问令牌。',
  'The organization for which a third-party app acts; absent for internal apps.':
    '第三方应用所代表的组织；企业内部应用没有此项。',
  'A token, or a function that returns one. The function is called again if the server rejects the previous token.':
    '令牌，或返回令牌的函数。服务器拒绝上一个令牌时，会再次调用该函数。',
  'Options of every call.': '每个调用都有的选项。',
  'Replaces the robotCode of the client.': '代替客户端的 robotCode。',
  "Aborts the call and its waits; the call rejects with the signal's reason.":
    '中止调用及其等待；调用以 signal 的原因 reject。',
  'Options of a send: its content, its recipients, and callbacks.': '发送的选项：内容、收件人和回调函数。',
  'One or more userIds; duplicates are removed.': '一个或多个 userId，会自动去重。',
  'Identifies this send: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a random key.':
    '标识这次发送：24 小时内用同一个 key 重复时，huizhi 不会再次发送。默认：随机的 key。',
  'Called after each part with the number of users done, whether accepted or not, and the total.':
    '每一部分完成后调用，参数为已完成的用户数（无论是否被接受）和总数。',
  'Called for each part as soon as it is accepted, so that its key is known even if the signal aborts the send.':
    '每一部分一被接受就会调用，因此即使 signal 中止发送，仍能得知这一部分的 key。',
  'The content of a message: text, Markdown, or any other message kind (`msgKey`) with its fields (`msgParam`).':
    '消息的内容：文本、Markdown，或其他任意消息类型（`msgKey`）及其字段（`msgParam`）。',
  'The combined result of all parts of a send.': '一次发送的各部分合并后的结果。',
  'The processQueryKeys of all `messages`.': '所有 `messages` 的 processQueryKey。',
  'userIds that the organization does not have.': '组织中不存在的 userId。',
  'Users over the flow limit of the robot.': '超过机器人流控上限的用户。',
  'Users who have blocked the robot.': '已屏蔽机器人的用户。',
  'An accepted part of a send, to at most 20 users.': '发送中已被接受的一部分，最多 20 个用户。',
  'The users who get the message.': '收到消息的用户。',
  "When the server accepted it, in epoch milliseconds, by the server's clock if its headers give the time.":
    '服务器接受的时间，毫秒时间戳；响应头中有时间时，以服务器的时钟为准。',
  'A part of a send that was not accepted.': '发送中未被接受的一部分。',
  '`refused`: nobody got the message. `unknown`: there was no usable response, so the users may have got it. `notTried`: the part was never sent, because no token was available or an earlier part failed with an error that applies to all parts.':
    '`refused`：没有人收到消息。`unknown`：没有可用的响应，用户可能已收到。`notTried`：这一部分没有发送，因为没有可用的令牌，或前面的部分因适用于所有部分的错误而失败。',
  'The status of a message and of all its recipients.': '一条消息及其所有收件人的状态。',
  'How many recipients have left the organization without reading; 0 where the server does not tell.':
    '未读就已离职的收件人数；服务器不报告时为 0。',
  'The read status of one recipient.': '一个收件人的已读状态。',
  'Time of the first read in epoch milliseconds, usually with a precision of seconds; absent if the server does not return it.':
    '首次阅读的时间，毫秒时间戳，通常精确到秒；服务器不返回时没有此项。',
  'A message to watch: its processQueryKey, or an object such as a member of the `messages` that `send` returns.':
    '要跟踪的消息：processQueryKey，或一个对象，例如 `send` 返回的 `messages` 中的一项。',
  'Options of a watch.': '跟踪的选项。',
  'Returns the milliseconds until the next poll of all messages; `quiet` is the time since the last change. Default: a tenth of `quiet`, at least 2 seconds and at most 15 minutes, which makes about a hundred calls a day.':
    '返回多少毫秒后再次轮询所有消息；`quiet` 是距上次变化的时间。默认：`quiet` 的十分之一，最短 2 秒，最长 15 分钟，相当于一天约一百次调用。',
  "The server's read window in milliseconds; the watch polls once more just before it ends. Default 24 hours.":
    '服务器的查询时限，单位为毫秒；时限结束前会再轮询一次。默认 24 小时。',
  'A change of one message since the last poll: its status, a read by one recipient, or the end of the watch of this message.':
    '一条消息自上次轮询以来的变化：状态改变、一个收件人已读，或对该消息的跟踪结束。',
  'The last receipt, if any.': '最后一份回执（如果有）。',
  'The error that ended the watch; set if `reason` is `failed`.': '使跟踪结束的错误；`reason` 为 `failed` 时才有。',
  'The result of a recall. Every key is in exactly one of the two lists.':
    '撤回的结果。每个 key 都在且只在其中一个列表中。',
  'processQueryKeys of messages that are recalled, now or by an earlier call.':
    '本次或之前的调用已撤回的消息的 processQueryKey。',
  'The calls for DINGs. Each rejects with an ApiError or a ConnectionError.':
    'DING 的各个调用。失败时以 ApiError 或 ConnectionError reject。',
  'Sends a DING to up to 200 users, up to 20 by SMS or phone. Rejects also if the organization has none of the users; with a TypeError for invalid options.':
    '向最多 200 个用户发送 DING，短信或电话最多 20 个。组织中没有这些用户时也会 reject；选项无效时以 TypeError reject。',
  'Recalls a DING.': '撤回一条 DING。',
  'Queries who has read a DING, in the order of the send.': '查询一条 DING 有谁已读，顺序与发送时相同。',
  'Options of a DING.': 'DING 的选项。',
  'One or more userIds: up to 200, up to 20 by SMS or phone. Duplicates are removed.':
    '一个或多个 userId：最多 200 个，短信或电话最多 20 个，会自动去重。',
  'Default: `app`.': '默认：`app`。',
  "The vendor's name of the voice of a call, such as `Standard_Male_Voice`. Only with the channel `phone`.":
    '电话的语音，使用钉钉的名称，例如 `Standard_Male_Voice`。仅用于 `phone` 方式。',
  'Identifies this DING: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a random key.':
    '标识这条 DING：24 小时内用同一个 key 重复时，huizhi 不会再次发送。默认：随机的 key。',
  'How a DING reminds: in the app, by SMS or by phone.': 'DING 的提醒方式：应用内、短信或电话。',
  'An accepted DING.': '已被接受的 DING。',
  'The users who get the DING.': '收到 DING 的用户。',
  'The users who do not get it, each with the reason that the server gives.': '收不到的用户，以及服务器给出的原因。',
  'The read status of one receiver of a DING.': 'DING 的一个收件人的已读状态。',
  'The calls for work notices. Each rejects with an ApiError, whose code is the `errcode`, or a ConnectionError.':
    '工作通知的各个调用。失败时以 ApiError（错误码为 `errcode`）或 ConnectionError reject。',
  'Sends a work notice, which is delivered in the background. Rejects with a TypeError for invalid options.':
    '发送工作通知，投递在后台进行。选项无效时以 TypeError reject。',
  'Queries how far the delivery is, up to 7 days after the send.': '查询投递的进度，限发送后 7 天内。',
  'Queries who has read it, who has not, and who did not get it, up to 24 hours after the send.':
    '查询谁已读、谁未读、谁没有收到，限发送后 24 小时内。',
  'Recalls it from all receivers, up to 24 hours after the send.': '从所有收件人处撤回，限发送后 24 小时内。',
  'Options of a work notice: its content, and at least one of `to`, `departments` and `toAll`.':
    '工作通知的选项：内容，以及 `to`、`departments` 和 `toAll` 中的至少一项。',
  'One or more userIds: up to 5,000 at huizhi, up to 100 at the vendor. Duplicates are removed.':
    '一个或多个 userId：在 huizhi 最多 5,000 个，在钉钉最多 100 个，会自动去重。',
  'One or more departments, including their subdepartments: up to 500 at huizhi, up to 20 at the vendor. 1 is the root.':
    '一个或多个部门，包括下级部门：在 huizhi 最多 500 个，在钉钉最多 20 个。1 是根部门。',
  'Whether the notice goes to all users of the organization, whatever `to` and `departments` are.':
    '是否发给组织的全体用户，与 `to` 和 `departments` 无关。',
  'Identifies this notice: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a random key.':
    '标识这条通知：24 小时内用同一个 key 重复时，huizhi 不会再次发送。默认：随机的 key。',
  'The content of a work notice: text, Markdown, or any other `msgtype` with the object of that name.':
    '工作通知的内容：文本、Markdown，或其他任意 `msgtype` 及与其同名的对象。',
  'Options of every call for work notices.': '工作通知的每个调用都有的选项。',
  'The number of the app, which the console shows. Replaces the agentId of the client.':
    '应用的编号，可在控制台查看。代替客户端的 agentId。',
  'An accepted work notice, which is delivered in the background.': '已被接受的工作通知，投递在后台进行。',
  'Identifies the notice in the other calls.': '在其他调用中标识这条通知。',
  'How far the delivery of a work notice is.': '工作通知的投递进度。',
  'The receivers of a work notice, as userIds. Those who have not been dealt with are in no list.':
    '工作通知的收件人，以 userId 表示。尚未处理的收件人不在任何列表中。',
  'Receivers who left the organization before the delivery.': '投递之前已离职的收件人。',
  "A receiver who did not get a work notice because of a limit, with the vendor's code of the limit and its value.":
    '因限制而没有收到工作通知的收件人，附有钉钉的错误码和限制值。',
  'Options of a message to a group.': '群消息的选项。',
  'Identifies the group. The robot must be in it.': '标识群。机器人须在群里。',
  'An accepted message to a group.': '已被接受的群消息。',
  'A message to a group.': '一条群消息。',
  'A member who has read a message. Older servers return no unionId.': '已读消息的成员。较旧的服务器不返回 unionId。',
  'The result of a search for users. Every mobile is in exactly one of the two lists.':
    '查找用户的结果。每个手机号都在且只在其中一个列表中。',
  'Mobiles that no user of the organization has, or none whom the app may see.':
    '没有找到用户的手机号：组织中没有用户使用它，或该用户对应用不可见。',
  'Options of an upload.': '上传的选项。',
  'The content of the file.': '文件的内容。',
  'Decides which formats and sizes the server accepts, and in which messages the file can be used.':
    '决定服务器接受的格式和大小，以及文件可用于哪些消息。',
  'The name of the file; default: the type.': '文件名；默认：类型。',
  'An uploaded file.': '已上传的文件。',
  'Identifies the file in messages of this organization.': '在该组织的消息中标识文件。',
  "Epoch milliseconds, by the server's clock.": '毫秒时间戳，以服务器的时钟为准。',
  'Base class of all errors of the client. Its own code is `token`: the function that supplies the token failed.':
    '客户端所有错误的基类。它自身的错误码是 `token`：提供令牌的函数失败。',
  "The server's id of the request; undefined if there was no response.":
    '服务器给出的请求 id；没有响应时为 undefined。',
  'The server returned an error.': '服务器返回了错误。',
  'HTTP status.': 'HTTP 状态码。',
  'Milliseconds to wait before a repeat, from the `Retry-After` header; undefined without it.':
    '重试前应等待的毫秒数，取自响应头 `Retry-After`；没有该响应头时为 undefined。',
  'Permissions that the app lacks.': '应用缺少的权限。',
  'A code of the error reference, or any other code that the server returns.':
    '错误参考中的错误码，或服务器返回的其他任意错误码。',
  'There was no usable response: `connection` (refused, dropped, unknown host), `timeout`, or `invalidAnswer` (not a response of the API). The server may have processed the call nevertheless.':
    '没有可用的响应：`connection`（连接被拒绝或断开、主机名未知）、`timeout`，或 `invalidAnswer`（不是 API 的响应）。服务器仍可能已处理该调用。',
  'HTTP status of an `invalidAnswer`.': '`invalidAnswer` 的 HTTP 状态码。',
  'Nobody got a send: no part was accepted. Code, request id and cause are those of the first part that failed, or `staffId.notExisted` when the organization has none of the users; the result has them all.':
    '没有人收到消息：发送的任何部分都未被接受。错误码、请求 id 和 cause 取自第一个失败的部分；组织中没有这些用户时，错误码为 `staffId.notExisted`。`result` 包含所有部分。',
  'Whether the server has refused a call because there were too many; nothing has happened then.':
    '服务器是否因调用过多而拒绝；这时调用没有生效。',
  'An event for logs and metrics. It never contains a secret, a token or the content of a message.':
    '用于日志和指标的事件，从不包含密钥、令牌和消息内容。',
  'Milliseconds from request to response.': '从请求到响应的毫秒数。',
  'Milliseconds until the next attempt.': '距下一次尝试的毫秒数。',
};
