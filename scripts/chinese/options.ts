/** The Chinese texts of the options, by their English texts. */

/** What each option is for. */
export const optionTexts: Readonly<Record<string, string>> = {
  'Port to listen on. 0 picks a free port; the URL is printed.': '监听的端口。0 表示自动选择空闲端口；会输出地址。',
  'Address to listen on. 0.0.0.0 is every IPv4 address of the machine; dev accepts loopback addresses only.':
    '监听的地址。0.0.0.0 表示机器的所有 IPv4 地址；dev 只接受回环地址。',
  'A host name of dev, without a port; can be repeated. Requests with another Host header are refused, so that no web page can reach dev through a host name of its own.':
    'dev 的主机名，不含端口；可以重复使用。Host 请求头为其他主机的请求会被拒绝，以免网页用自己的主机名访问 dev。',
  'The database: a path relative to the working directory, :memory:, or postgres://user:password@host/name for PostgreSQL.':
    '数据库：相对于工作目录的路径、:memory:，或表示 PostgreSQL 的 postgres://user:password@host/name。',
  'A file whose first line is the password of PostgreSQL. The addresses of --database, --database-direct, --from and --to then name the user, and no password.':
    '一个文件，其第一行是 PostgreSQL 的密码。设置后，--database、--database-direct、--from 和 --to 的地址只写用户，不写密码。',
  'The PostgreSQL server itself, as postgres://user:password@host/name, if --database points to a connection pooler such as PgBouncer. Used for notifications between processes, migrations and retention, which need a session of the server.':
    '--database 指向 PgBouncer 等连接池时，PostgreSQL 服务器本身的地址，格式为 postgres://user:password@host/name。用于进程之间的通知、升级和清理，它们需要服务器的会话。',
  'The maximum memory for the receipts of messages in the read window, in MiB, on SQLite. 64 hold a million messages to five users, or a third as many to twenty. Other receipts are read from the file. On PostgreSQL it has no effect.':
    'SQLite 上已读回执可用的内存上限，单位 MiB，只缓存查询期限内的消息。64 MiB 可容纳一百万条发给 5 人的消息；如果都发给 20 人，则约为三分之一。其他回执从文件读取。PostgreSQL 上不起作用。',
  'The maximum number of connections from this process to PostgreSQL. SQLite needs none.':
    '本进程到 PostgreSQL 的最大连接数。SQLite 不需要连接。',
  'Configuration file with options, and with organizations, apps and robots to create or update at start.':
    '配置文件，其中有选项，以及启动时要创建或更新的组织、应用和机器人。',
  'A file with the certificate of this server in PEM format, followed by those of its issuers: the server then accepts https only. Needs --tls-key. Both files are read again when they change, and serve also reads them on SIGHUP.':
    '本服务器的证书文件，PEM 格式，后接其颁发者的证书；设置后服务器只接受 https。需要 --tls-key。两个文件改变时会重新读取，serve 收到 SIGHUP 时也会重新读取。',
  'A file with the private key of --tls-cert in PEM format, without a passphrase. Only its owner and its group may have access to it.':
    '--tls-cert 的私钥文件，PEM 格式，不带口令。只允许所有者和所属组访问。',
  'Signs access tokens and processQueryKeys, at least 16 characters. Processes on one database share it; a new secret invalidates everything that the old one signed.':
    '用于签发访问令牌和 processQueryKey，至少 16 个字符。使用同一数据库的进程共用它；更换后，用旧密钥签发的全部失效。',
  'A file whose first line is the value of HUIZHI_SECRET.': '一个文件，其第一行是 HUIZHI_SECRET 的值。',
  'Bearer token of the operator; at least 16 characters. huizhi admin signs in with it, and prompts for it on a terminal.':
    '管理员的 bearer 令牌，至少 16 个字符。huizhi admin 用它登录，在终端上会提示输入。',
  'A file whose first line is the value of HUIZHI_ADMIN_TOKEN.': '一个文件，其第一行是 HUIZHI_ADMIN_TOKEN 的值。',
  'Bearer token that /metrics requires; at least 16 characters.': '读取 /metrics 所需的 bearer 令牌，至少 16 个字符。',
  'A file whose first line is the value of HUIZHI_METRICS_TOKEN.': '一个文件，其第一行是 HUIZHI_METRICS_TOKEN 的值。',
  'The address of an OpenTelemetry collector, such as http://127.0.0.1:4318, to which traces are sent by OTLP over HTTP. Headers, certificates, timeouts and the name of the service are read from the standard variables OTEL_EXPORTER_OTLP_*, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.':
    'OpenTelemetry 收集器的地址，形如 http://127.0.0.1:4318 的 URL；链路追踪数据以 OTLP over HTTP 发送到该地址。请求头、证书、超时和服务名称取自标准变量 OTEL_EXPORTER_OTLP_*、OTEL_SERVICE_NAME 和 OTEL_RESOURCE_ATTRIBUTES。',
  'The percentage of requests that are traced, with --otlp-endpoint. A traceparent of a trusted proxy (--trusted-proxy) decides instead.':
    '使用 --otlp-endpoint 时，追踪百分之多少的请求。如果请求带有可信代理（--trusted-proxy）的 traceparent，则由它决定。',
  'Finish a restore by other tools, such as pg_restore: move the numbers of the streams in --database ahead, and check it. There is no backup to name.':
    '完成用 pg_restore 等其他工具做的恢复：使 --database 中事件流的编号向前跳，并校验数据库。不需要指定备份文件。',
  'How long after the send readStatus can be queried.': '发送后可以查询 readStatus 的时限。',
  'How long messages and receipts are kept. Not shorter than the read window. On PostgreSQL they are deleted by whole days (UTC), when all of a day is past its retention.':
    '消息和回执的保留时长，不短于查询时限。使用 PostgreSQL 时按天（UTC）删除，当天的内容全部超过保留期后删除。',
  'Confirms that the clock is right: delete everything past its retention, even if the clock is more than an hour ahead of the newest time in the database and more than a tenth would be deleted. Without this option, such a sweep waits for a confirmation in the console.':
    '确认时钟正确：删除所有超过保留期的内容，即使时钟比数据库中最新的时间超前一小时以上，并且将删除超过十分之一的内容。没有此选项时，这样的清理等待在控制台确认。',
  'How long the counts of messages and reads for the charts of the console are kept. They contain no names.':
    '控制台图表所用的消息数和阅读数的保留时长。其中没有姓名。',
  'How long the entries of the audit log are kept.': '审计日志记录的保留时长。',
  'The form of readTimestamp in readStatus: epoch seconds as in the real service, milliseconds, or no readTimestamp.':
    'readStatus 中 readTimestamp 的形式：与钉钉相同的秒时间戳、毫秒时间戳，或不返回 readTimestamp。',
  'Whether the inbox loads pictures in messages. The host of a picture learns the address of the reader and when the message was opened; with block the message shows a link instead.':
    '收件箱是否加载消息中的图片。图片所在的服务器会得知收件人的地址和打开消息的时间；设为 block 时，消息显示链接而不是图片。',
  "The limits of work notices: strict allows 100 userids, 20 departments and 2048 bytes, and returns results of up to 100 receivers, as the vendor's page says; lenient allows 5000 userids, 500 departments and texts of 5000 characters, as its SDK and its other pages do.":
    '工作通知的限制：strict 允许 100 个 userid、20 个部门和 2048 字节，结果最多包含 100 个收件人，与钉钉的文档一致；lenient 允许 5000 个 userid、500 个部门和 5000 个字符的文本，与钉钉的 SDK 和其他页面一致。',
  'Space for the uploaded files of one organization, in MiB. Further uploads are refused with errcode -1. 0 allows none.':
    '一个组织上传的文件可用的空间，单位为 MiB。超出后上传被拒绝，errcode 为 -1。0 表示不允许上传。',
  'Calls per second for each app and API before they are refused. 0 means no limit; the real service allows 20.':
    '每个应用每个接口每秒的调用次数，超出后拒绝。0 表示不限；钉钉允许 20 次。',
  'The maximum number of client connections; any further one gets 503. On Linux the maximum is also the limit of open files of the process minus 64.':
    '客户端连接的最大数量；超出的连接得到 503。在 Linux 上，最大数量还受进程打开文件数限制减去 64 的约束。',
  'How long the server goes on after SIGTERM or SIGINT: /readyz returns 503, so that load balancers send no more requests, and all requests are still served. Then the stop begins. A second signal ends this time.':
    '收到 SIGTERM 或 SIGINT 后继续服务多久：此时 /readyz 返回 503，负载均衡不再发来新请求，而所有请求仍会处理；之后才开始停止。第二个信号会提前结束这段时间。',
  'Serve readStatus, batchSend and batchRecall with node:http, like all other calls, instead of on the fast path, which parses requests on the socket and costs less. The responses are the same. The environment variable takes true or false.':
    '用 node:http 处理 readStatus、batchSend 和 batchRecall，与其他接口相同，而不走快速路径；快速路径直接在套接字上解析请求，开销更小。两者的响应相同。环境变量的值为 true 或 false。',
  'A folder into which the server writes backups of its SQLite database. It is created if there is none.':
    '服务器写入 SQLite 数据库备份的文件夹。不存在时会创建。',
  'The time from one backup in --backup-dir to the next.': '--backup-dir 中两次备份的间隔。',
  'The time of day of the backups in --backup-dir, such as 03:30, in the time zone of the machine or of the environment variable TZ. --backup-every is then a number of days.':
    '--backup-dir 中备份的时刻，如 03:30，按机器的时区或环境变量 TZ 的时区。此时 --backup-every 为整天数。',
  'How many backups stay in --backup-dir. After a new one, the oldest are deleted.':
    '--backup-dir 中保留的备份数。写入新备份后，删除最旧的备份。',
  'How long a custom robot is blocked after more than 20 messages in a minute; at least until the end of the minute.':
    '自定义机器人一分钟内发送超过 20 条消息后，被禁用的时长；至少到这一分钟结束。',
  'An address or range of a reverse proxy, such as 10.0.0.0/8; can be repeated. The address of a client is then the last one in X-Forwarded-For that is not such a proxy: for the address ranges of custom robots, the delays after wrong secrets, and the access log.':
    '反向代理的地址或地址段，例如 10.0.0.0/8；可以重复使用。设置后，客户端的地址取 X-Forwarded-For 中最后一个不属于这些代理的地址，用于自定义机器人的 IP 地址段、密钥错误后的延迟和访问日志。',
  'A loopback or private address or range, such as 127.0.0.1 or 10.0.0.0/8, that webhooks and callbacks may reach; can be repeated. Link-local, metadata and multicast addresses are always refused.':
    'webhook 和回调可以访问的回环地址、私有地址或地址段，例如 127.0.0.1 或 10.0.0.0/8；可以重复使用。链路本地地址、元数据地址和组播地址始终拒绝。',
  'How long a Stream connection lasts before the server asks the client to connect again.':
    'Stream 连接持续多久后，服务器请客户端重新连接。',
  'The maximum number of Stream connections of one app, and of its tickets that are not used yet.':
    '一个应用的 Stream 连接的最大数量，也是其未使用的 ticket 的最大数量。',
  'Whether a message to a robot that a Stream client does not answer within 60 seconds is sent once more.':
    '发给机器人的消息，Stream 客户端 60 秒内没有响应时，是否再发送一次。',
  'Handle each request after all earlier messages are delivered, as startEmulator() does, so that a test sees a message as PROCESSING only while deliveries are held. The environment variable takes true or false.':
    '与 startEmulator() 相同，等此前的所有消息投递完成之后再处理每个请求，因此只有在投递暂停期间，测试才会看到消息处于 PROCESSING。环境变量的值为 true 或 false。',
  'Stop when standard input ends, as after SIGTERM. If it is a pipe from the process that started huizhi, huizhi does not outlive that process, even if it is killed.':
    '标准输入结束时停止，与收到 SIGTERM 时相同。如果标准输入是来自启动 huizhi 的进程的管道，该进程结束时 huizhi 也会结束，即使该进程被强制终止。',
  'The lowest level of log lines to write. Logs go to stderr.': '写入日志的最低级别。日志输出到 stderr。',
  'Readable log lines, or JSON.': '日志为便于阅读的格式，或 JSON。',
  'Whether to log a line at level info for each request and WebSocket handshake: method, route, path, status, duration, bytes, request id, address. Values in queries that may be secrets are masked.':
    '是否以 info 级别为每个请求和 WebSocket 握手记录一行：方法、路由、路径、状态码、用时、字节数、请求 id、地址。查询参数中可能是密钥的值会被遮盖。',
  'Only report; the exit code is 1 if the schema is not the current one.':
    '只报告；schema 不是当前版本时，退出码为 1。',
  'Continue with a SQLite file that was not closed cleanly and whose -wal file is missing or empty. The changes in that file are lost.':
    '继续使用没有正常关闭、且 -wal 文件缺失或为空的 SQLite 文件。该文件中的变更会丢失。',
  'The running huizhi that sends a copy of its database. It needs the admin token.':
    '正在运行、将发送其数据库副本的 huizhi。需要管理员令牌。',
  'Replace the file if it exists. It stays as it is until the new one is complete and checked.':
    '文件已存在时替换它。新文件完整写出并校验之前，原文件保持不变。',
  'The address at which people reach this server, such as https://huizhi.example.com. Sign-in links and the redirect URI of an OpenID provider begin with it.':
    '用户访问本服务器的地址，例如 https://huizhi.example.com。登录链接和 OpenID 提供方的重定向 URI 以它开头。',
  'URL of the OpenID provider at which recipients and operators sign in: https, or http on this machine. Register <public-url>/inbox/v1/oidc/callback and <public-url>/console/v1/oidc/callback there as redirect URIs.':
    '收件人和操作员登录所用的 OpenID 提供方的 URL：https，或本机的 http。请在提供方把 <public-url>/inbox/v1/oidc/callback 和 <public-url>/console/v1/oidc/callback 注册为重定向 URI。',
  'This server’s client ID at the OpenID provider.': '本服务器在 OpenID 提供方的 client ID。',
  'Client secret of this server at the OpenID provider.': '本服务器在 OpenID 提供方的 client secret。',
  'A file whose first line is the value of HUIZHI_OIDC_CLIENT_SECRET.':
    '一个文件，其第一行是 HUIZHI_OIDC_CLIENT_SECRET 的值。',
  'The claim that holds a user’s userId.': '值为用户的 userId 的 claim。',
  'The claim that holds the email address of an operator of the console. `email` counts only if the provider has verified it.':
    '值为控制台操作员邮箱的 claim。`email` 只有经提供方验证才有效。',
  'The organization of everyone who signs in at the OpenID provider.': '在 OpenID 提供方登录的所有用户所属的组织。',
  'The claim that holds a user’s corpId, for a provider that several organizations share.':
    '值为用户的 corpId 的 claim，用于多个组织共用的提供方。',
  'Copy all data from this database (a path, or postgres://…) to the one of --to, and compare both.':
    '把该数据库（路径，或 postgres://…）的全部数据复制到 --to 的数据库，并比较两者。',
  'The empty database to copy to. After an interruption, the same command continues.':
    '要复制到的空数据库。中断之后，同一条命令会继续。',
  'Address of the huizhi that answers for the vendor. Without it, huizhi run starts an emulator as huizhi dev does, and ends it with the command.':
    '代替钉钉官方响应的 huizhi 的地址。没有此选项时，huizhi run 像 huizhi dev 一样启动模拟器，并随命令一起结束。',
  'Configuration file of the emulator: options of huizhi dev, and organizations, apps and robots, such as the app whose key the program has.':
    '模拟器的配置文件：huizhi dev 的选项，以及组织、应用和机器人，例如程序所用 key 的应用。',
  'Port of the emulator on the loopback address. 0 picks a free port; the URL is printed.':
    '模拟器在回环地址上的端口。0 表示自动选择空闲端口；会输出地址。',
  'A host that the command may connect to through the proxy of huizhi run, on ports 80 and 443 or on the port that follows: example.com, *.example.com, example.com:8443, or * for every host. Can be repeated.':
    '所运行的命令可以通过 huizhi run 的代理连接的主机，端口为 80 和 443，或写明的端口：example.com、*.example.com、example.com:8443，或表示所有主机的 *。可以重复使用。',
  'Address of the API: of a huizhi, or https://api.dingtalk.com.':
    'API 的地址：huizhi 的地址，或 https://api.dingtalk.com。',
  'The app that makes the calls.': '进行调用的应用。',
  'Secret of the app. From the environment or the credentials file only, because every user of a machine can read arguments.':
    '应用的密钥。只能来自环境变量或凭证文件，因为机器上的所有用户都能看到命令行参数。',
  'An access token instead of app and secret. From the environment or the credentials file only.':
    '代替应用和密钥的访问令牌。只能来自环境变量或凭证文件。',
  'The organization that a third-party app acts for, or that huizhi admin works on.':
    '第三方应用所代表的组织，或 huizhi admin 所管理的组织。',
  'A file with lines such as HUIZHI_APP_SECRET=…, for variables that the environment does not set.':
    '含有 HUIZHI_APP_SECRET=… 等行的文件，用于环境中没有设置的变量。',
  'The robot that sends, or has sent, the message.': '发送或已发送消息的机器人。',
  'How long one attempt of a call may take.': '一次调用的每次尝试最多用时。',
  'What the file is: it decides which formats and sizes the server accepts.':
    '文件的类型：决定服务器接受的格式和大小。',
  'Who gets the message or DING. Separate several userIds with commas, or repeat the option.':
    '消息或 DING 的收件人。多个 userId 用逗号分隔，或重复使用该选项。',
  'A file with a userId at the beginning of each line, alone or before a comma; - is standard input.':
    '每行开头有一个 userId 的文件，单独一个或在逗号之前；- 表示标准输入。',
  'The group that gets, or has got, the message; the robot must be in it.': '收到或将要收到消息的群；机器人须在群里。',
  'The text of a text message or DING.': '文本消息或 DING 的内容。',
  'The text of a Markdown message.': 'Markdown 消息的内容。',
  'The title of a Markdown message, which lists of messages show.': 'Markdown 消息的标题，显示在消息列表中。',
  'The kind of a message, such as sampleLink; needs --msg-param.': '消息的类型，例如 sampleLink；需要 --msg-param。',
  'The fields of that kind, as a JSON object.': '该类型的各字段，以 JSON 对象表示。',
  'Identifies this send: a repeat with the same key within 24 hours sends nothing and prints the same keys. huizhi only.':
    '标识这次发送：24 小时内用同一个 key 重复，不会发送任何内容，并输出相同的 key。仅 huizhi 支持。',
  'Continue until everybody has read, or the receipt can no longer be queried. Redraws a terminal; otherwise prints a line for each change.':
    '持续查询，直到所有人已读，或回执不能再查询。在终端上重绘，否则每个变化输出一行。',
  'How long --watch waits between two queries.': '--watch 两次查询的间隔。',
  'How the DING reminds: in the app, by SMS or by phone.': 'DING 的提醒方式：应用内、短信或电话。',
  'The voice of the call; with --channel phone.': '电话的语音；与 --channel phone 一起使用。',
  'Print who has read the DINGs with these openDingIds; - reads them from standard input.':
    '输出这些 openDingId 的 DING 有谁已读；- 从标准输入读取。',
  'Recall the DINGs with these openDingIds; - reads them from standard input.':
    '撤回这些 openDingId 的 DING；- 从标准输入读取。',
  'Users to whom the agent may send. Separate several userIds with commas, or repeat the option.':
    '智能体可以向其发送的用户。多个 userId 用逗号分隔，或重复使用该选项。',
  'A file with more users to whom the agent may send: a userId at the beginning of each line, alone or before a comma.':
    '列出更多用户的文件，智能体可以向他们发送：每行开头有一个 userId，单独一个或在逗号之前。',
  'Groups to which the agent may send.': '智能体可以向其发送的群。',
  'The agent may send to every user and group that the robot reaches.': '智能体可以向机器人能触达的所有用户和群发送。',
  'Number of users to whom one call of the agent may send.': '智能体的一次调用最多可以发送给多少个用户。',
  'The person who uses the agent confirms each send and each recall, in a client that supports elicitation.':
    '每次发送和撤回都由智能体的使用者确认；客户端须支持 elicitation。',
  'Print CSV, a row for each recipient or item of a list.': '输出 CSV，列表的每个收件人或每项一行。',
  'Print what would be changed, and change nothing.': '输出将要更改的内容，不做任何更改。',
  'Only those whose code or name contains this text.': '只列出编码或名称包含该文本的项。',
  'The maximum number of items of a list.': '列表的最大项数。',
  'A CSV file to read, in UTF-8; - is standard input.': '要读取的 CSV 文件，UTF-8 编码；- 表示标准输入。',
  'The file to write CSV to, which must not exist. Only its owner can read it.':
    '写入 CSV 的文件，不能已存在。只有所有者可以读取。',
  'A folder for QR codes of the links, a SVG file for each user. Only its owner can read it.':
    '存放链接二维码的文件夹，每个用户一个 SVG 文件。只有所有者可以读取。',
  'How long a sign-in link can be used.': '登录链接的有效时长。',
  'The name of a user, operator, department, robot or organization, or the title of a group.':
    '用户、操作员、部门、机器人或组织的名称，或群的名称。',
  'The mobile of a user.': '用户的手机号。',
  'The email of a user or of an operator.': '用户或操作员的邮箱。',
  'The job number of a user.': '用户的工号。',
  'The job title of a user.': '用户的职位。',
  'Fields of a user to remove: mobile, email, jobNumber, title; of an operator: email.':
    '要清除的用户字段：mobile、email、jobNumber、title；要清除的操作员字段：email。',
  'All departments of a user.': '用户的所有部门。',
  'Of which of the departments in --department a user is a manager.': '用户在 --department 的哪些部门中是主管。',
  'The number of a new department.': '新部门的编号。',
  'The department above.': '上级部门。',
  'The position of a department among those of its parent, in ascending order.': '部门在其上级部门下的排序，按升序。',
  'All managers of a department, who are its members.': '部门的所有主管，须为部门的成员。',
  'List removed users instead of current ones.': '列出已删除的用户，而不是现有用户。',
  'Which of several removed people with one userId to restore, by leftAt in the list of removed users.':
    '同一 userId 有多个已删除的用户时，要恢复哪一个；以已删除用户列表中的 leftAt 指定。',
  'The kind of a new app: an internal one belongs to --corp, and organizations authorize a thirdParty one.':
    '新应用的类型：internal 属于 --corp，thirdParty 由组织授权。',
  'All permissions of an app.': '应用的所有权限。',
  'The app to which a new robot belongs.': '新机器人所属的应用。',
  'All roles of an operator: owner, operator, sender or auditor, such as operator@dingcorp0001; without an organization in all of them. The userId is the operator’s own user.':
    '操作员的全部角色：owner、operator、sender 或 auditor，例如 operator@dingcorp0001；不写组织时表示所有组织。userId 为操作员本人的用户。',
  'Whether sends of a robot are refused, an endpoint gets no events, or an operator cannot sign in.':
    '是否拒绝机器人的发送、接收地址是否不再接收事件，或操作员是否不能登录。',
  'Whether users cannot block a robot; true also removes all existing blocks.':
    '用户是否不能屏蔽机器人；true 还会解除已有的屏蔽。',
  'The maximum number of messages of a robot to one user per minute; 0 means no limit.':
    '机器人每分钟向一个用户发送的最大消息数；0 表示不限。',
  'The maximum number of messages of a robot to one user per day; 0 means no limit.':
    '机器人每天向一个用户发送的最大消息数；0 表示不限。',
  'The state of a template of a robot.': '机器人的消息模板的状态。',
  'The owner of a group, who is always a member.': '群主，总是群成员。',
  'Members of a group; all means all users, for a new group.': '群成员；对于新群，all 表示所有用户。',
  'Robots of a group, or the robot whose messages are listed.': '群的机器人，或要列出其消息的机器人。',
  'The group of a custom robot.': '自定义机器人所在的群。',
  'Texts of which a message of a custom robot has to contain one.': '自定义机器人的消息须包含其中之一的关键词。',
  'Addresses and ranges, such as 10.0.0.0/8, from which a custom robot accepts messages.':
    '自定义机器人接受消息的 IP 地址和地址段，例如 10.0.0.0/8。',
  'Whether messages of a custom robot have to be signed. A new one gets a secret for that.':
    '自定义机器人的消息是否须加签。新机器人会为此得到密钥。',
  'The address to which an endpoint gets events.': '接收事件的地址。',
  'The types of events that an endpoint gets, such as receipt.read; all means all, also those of later versions.':
    '接收地址接收的事件类型，例如 receipt.read；all 表示全部，包括以后的版本新增的。',
  'The description of an endpoint.': '接收地址的说明。',
  'List disbanded groups instead of active ones.': '列出已解散的群，而不是现有的群。',
  'Only messages that were sent at least this long ago.': '只列出至少在这么久之前发送的消息。',
  'Print results as JSON lines.': '以 JSON 行输出结果。',
  'Print the help text.': '输出帮助。',
  'Print the version.': '输出版本。',
};

/** The defaults that are not values. */
export const defaultTexts: Readonly<Record<string, string>> = {
  'localhost, loopback addresses, the address of --host and the name of --public-url':
    'localhost、回环地址、--host 的地址和 --public-url 的主机名',
  'the address of --database': '--database 的地址',
  'huizhi.yaml if it exists': 'huizhi.yaml（如果存在）',
  none: '无',
  nobody: '无人',
  '/metrics needs no token': '/metrics 不要求令牌',
  'no traces': '不做链路追踪',
  'plain HTTP': '普通 HTTP',
  'created at the first start and stored in the database': '首次启动时创建并保存在数据库中',
  'created at the first start and printed once': '首次启动时创建，只输出一次',
  'created and printed at each start': '每次启动时创建并输出',
  'no backups are made': '不备份',
  'the time of day of the last backup': '上次备份的时刻',
  'loopback and private ranges': '回环和私有地址段',
  'pretty on a terminal, json elsewhere': '在终端上为 pretty，否则为 json',
  'the database file is copied, which no process may have open': '复制数据库文件，此时不能有进程打开它',
  'the address of each request': '每个请求的地址',
  'no sign-in by OpenID Connect': '不使用 OpenID Connect 登录',
  'required with --oidc-issuer': '使用 --oidc-issuer 时必填',
  'a public client': '公开客户端',
  'the claim of --oidc-corp-claim': '--oidc-corp-claim 的 claim',
  'everybody belongs to --oidc-corp-id': '所有用户属于 --oidc-corp-id',
  'nothing is copied': '不复制',
  'an emulator for this run': '为本次运行启动的模拟器',
  'demo data': '演示数据',
  'only the vendor’s hosts, which lead to huizhi': '只有官方域名，它们指向 huizhi',
  'a prompt on a terminal': '在终端上提示输入',
  'a token of the app': '应用的令牌',
  'by the extension of the name': '按文件扩展名',
  'the first line of the Markdown': 'Markdown 的第一行',
  'a new one for each send': '每次发送使用新的 key',
  'from 2s to 15m, longer while nothing changes': '从 2s 到 15m，没有变化时逐渐加长',
  'a female voice': '女声',
  'all of the list': '整个列表',
  'standard output': '标准输出',
  'no pictures': '不生成图片',
  '10m; 1d for the link of an operator': '10m；操作员的链接为 1d',
  unchanged: '不变',
  'unchanged; none for a new operator': '不变；新操作员没有角色',
  'unchanged; the root for a new user': '不变；新用户为根部门',
  'a random number': '随机编号',
  'unchanged; 1, the root, for a new department and a list': '不变；新部门和列表为 1，即根部门',
  'the last one': '最后一个',
  internal: 'internal',
  'unchanged; none for a new app': '不变；新应用没有权限',
  'none for a new group, all for a list': '新群没有机器人，列表为全部机器人',
  'all of a list': '整个列表',
  'unchanged; none for a new one': '不变；新机器人没有关键词',
  'unchanged; all for a new one': '不变；新机器人接受所有地址',
  any: '任意',
};
