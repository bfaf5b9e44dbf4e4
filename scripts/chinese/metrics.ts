/** The Chinese texts of `docs/zh/reference/metrics.md`, by the English ones. */

export const metricsHead = `# 指标

本页列出 \`GET /metrics\` 以 Prometheus 的文本格式返回的指标。每个进程只报告自己的情况。内容由[代码中的表](../../../src/wire/metrics/table.ts)生成；Prometheus 的配置、告警规则和 Grafana 仪表盘见[监控服务器](../how-to/observe.md)。

- **标签**的值来自下面的列表或有限的集合，绝不会是组织、机器人、用户或地址。一个指标最多有 5000 个序列，超出的以 \`other\` 计数。
- 标签取值固定的**计数器**（counter），每种组合都从 0 开始，因此 \`increase()\` 能看到第一个事件。
- **共享**的指标描述数据库，使用同一数据库的每个进程报告相同的值。因此对它们使用 \`max by (job)\`，对其他指标使用 \`sum\`。\`huizhi_queue_depth\` 和 \`huizhi_queue_oldest_age_seconds\` 在每次抓取时读取，只用一条最多检查 10000 行的查询；其余的共享指标，每个进程最多每 15 秒读取一次。
- 数据库没有响应期间，\`huizhi_database_up\` 为 0，需要查询的指标缺失。
`;

export const metricsTail = `## Node.js

[prom-client](https://github.com/siimon/prom-client) 的默认指标，其中有 \`process_cpu_seconds_total\`、\`process_resident_memory_bytes\`、\`process_open_fds\`、\`process_max_fds\`、\`process_start_time_seconds\`、\`nodejs_eventloop_lag_seconds\`、\`nodejs_eventloop_lag_p99_seconds\`、\`nodejs_heap_size_used_bytes\` 和 \`nodejs_gc_duration_seconds\`。
`;

/** The headings, the help texts and the descriptions of the values of labels. */
export const metricsTexts: Readonly<Record<string, string>> = {
  HTTP: 'HTTP',
  Messages: '消息',
  'Reads and recalls': '已读和撤回',
  'People and robots': '用户和机器人',
  'Event streams and Stream mode': '事件流和 Stream 模式',
  'Events to subscriptions': '事件推送',
  Database: '数据库',
  'Retention and backups': '清理和备份',
  Access: '登录和密钥',
  Process: '进程',
  'Time to answer a request, by method, route, status and surface.':
    '响应一个请求的时间，按方法、路由、状态码和接口类别。',
  'a method of HTTP': 'HTTP 方法',
  'the pattern of a route, or `unknown`': '路由的模式，或 `unknown`',
  'a status': '状态码',
  'Errors by route and code; the old host returns them with status 200.':
    '错误数，按路由和错误码；旧版域名的错误以状态码 200 返回。',
  'a code of the [table of errors](errors.md), or an errcode': '[错误表](errors.md)中的错误码，或 errcode',
  'Open connections of clients.': '当前打开的客户端连接数。',
  'Connections of clients that the server accepts, at most.': '服务器最多接受的客户端连接数。',
  'Memory that request bodies use until their responses are sent.': '请求体在响应发送之前占用的内存。',
  'Memory above which request bodies are refused with huizhi.busy.':
    '请求体占用内存的上限，超出时以 huizhi.busy 拒绝请求。',
  'Sends with valid parameters, by audience, kind of message and result. Earlier refusals are in huizhi_refusals_total.':
    '参数有效的发送数，按发送对象、消息类型和结果。在此之前的拒绝计入 huizhi_refusals_total。',
  'a msgKey': 'msgKey',
  'Users that sends name, by result: accepted, unknown, beyond a flow limit, or filtered since they block the robot.':
    '发送所指定的用户数，按结果：已接受、不存在、超过流控上限，或因已屏蔽机器人而被过滤。',
  'Messages that have arrived in inboxes: of users, of a conversation, of a work notice.':
    '已进入收件箱的消息数：发给用户、发给会话、工作通知。',
  'Time from an accepted send to its arrival in the inboxes.': '从发送被接受到进入收件箱的时间。',
  'Attempts to deliver a message that have failed and are repeated; each is in the log.':
    '失败并将重试的消息投递次数；每次都记入日志。',
  'Accepted messages that have not arrived; at most 10000 are counted.': '已接受而尚未送达的消息数；最多计到 10000。',
  'Age of the oldest accepted message that has not arrived; 0 if there is none.':
    '已接受而尚未送达的消息中，最早的一条已等待的时间；没有时为 0。',
  'Receivers of DINGs, by channel.': 'DING 的收件人数，按提醒方式。',
  'Bytes of the uploaded files of all organizations.': '所有组织上传的文件的总字节数。',
  'Messages that became READ, each once for each reader.': '变为 READ 的消息数，每个已读的收件人计一次。',
  'Time from a send until a reader reads it, once for each reader.':
    '从发送到收件人阅读的时间，每个已读的收件人计一次。',
  'Keys of recalls by result. Recalling a message again succeeds.': '撤回的 key 数，按结果。重复撤回算作成功。',
  'Messages by webhooks of custom robots, by sessionWebhooks, and by answers to messages by HTTP.':
    '通过自定义机器人的 webhook、sessionWebhook，以及以 HTTP 接收消息时的响应所发送的消息数。',
  'Messages that people write to robots and conversations.': '用户发给机器人和会话的消息数。',
  'Messages of people that are passed on to robots.': '转交给机器人的用户消息数。',
  'Clicks on interactive cards, by whether the program has answered.': '互动卡片的点击数，按程序是否响应。',
  'Open event streams: server-sent events of inboxes and consoles, and subscriptions that this process delivers.':
    '当前打开的事件流数：收件箱和控制台的 server-sent events，以及由本进程推送的订阅。',
  'Open connections of clients in Stream mode.': '当前打开的 Stream 模式客户端连接数。',
  'Connections of clients in Stream mode that an error of the server has ended; each is in the log.':
    '因服务器出错而结束的 Stream 模式客户端连接数；每次都记入日志。',
  'Pushes to clients in Stream mode by type and outcome; `answered` is an acknowledgement.':
    'Stream 模式的推送数，按类型和结果；`answered` 表示得到了确认。',
  'Time from a push in Stream mode to its acknowledgement.': 'Stream 模式中从推送到得到确认的时间。',
  'Attempts to deliver an event, by form (webhook endpoint, Stream mode, HTTP push) and outcome (delivered, failed, gone).':
    '推送事件的尝试次数，按形式（webhook 接收地址、Stream 模式、HTTP 推送）和结果（成功、失败、对方不再接收）。',
  'Time of an attempt to deliver an event.': '一次推送事件的尝试所用的时间。',
  'Time from an event to its delivery at the first attempt.': '从事件发生到推送成功的时间，只计首次尝试即成功的。',
  'Events after the positions of the enabled subscriptions, by form: those that have had no first attempt.':
    '位于已启用的订阅的当前位置之后的事件数，即尚未首次尝试推送的事件，按形式。',
  'Age of the oldest event without a first attempt; 0 if there is none. At most 20 subscriptions are examined.':
    '尚未首次尝试推送的事件中，最早的一个已等待的时间；没有时为 0。最多检查 20 个订阅。',
  'Events that wait for another attempt; at most 10000 are counted.': '等待重试的事件数；最多计到 10000。',
  '1 if the database has answered this scrape within 2 seconds; else 0, and the gauges of the database are missing.':
    '数据库在 2 秒内响应了本次抓取时为 1；否则为 0，并且数据库的各个 gauge 缺失。',
  'Size of the database, with the log of SQLite.': '数据库的大小，包括 SQLite 的日志。',
  'Size of the write-ahead log.': '预写日志（WAL）的大小。',
  'Free pages in the file of the database.': '数据库文件中空闲页的大小。',
  'Connections to the database by state: in a transaction, shared by reads, idle, or closed.':
    '数据库连接数，按状态：事务中、由读操作共用、空闲或已关闭。',
  'Transactions and reads that wait for a connection.': '正在等待连接的事务和读操作数。',
  'Transactions and reads that had to wait for a connection.': '曾等待连接的事务和读操作数。',
  'Time that transactions and reads have waited for a connection.': '事务和读操作等待连接的总时间。',
  'Statements that took a second or longer; each is in the log with its name.':
    '用时一秒及以上的语句数；每条都以其名称记入日志。',
  'Look-ups in the caches of a request, by result.': '请求查找各缓存的次数，按结果。',
  'Sweeps of retention by result; `held` ones wait for a confirmation.': '清理的次数，按结果；`held` 表示等待确认。',
  'When this process last completed a sweep, in epoch seconds; the time of its start before the first one.':
    '本进程最近一次完成清理的时间，秒时间戳；首次清理之前为进程的启动时间。',
  'What retention has removed; on PostgreSQL, messages are dropped by whole days.':
    '清理所删除的数量；在 PostgreSQL 上，消息按天整体删除。',
  '1 while retention waits for a confirmation, since the clock is far ahead of the database; else 0.':
    '因时钟远远超前于数据库中的时间，清理正在等待确认时为 1，否则为 0。',
  'Scheduled backups by result.': '定时备份的次数，按结果。',
  'Time of the newest backup in the folder, in epoch seconds; 0 if there is none.':
    '文件夹中最新备份的时间，秒时间戳；没有时为 0。',
  'Size of the last backup that this process has written; 0 before the first one.':
    '本进程最近写入的备份的大小；首次备份之前为 0。',
  'Sign-ins by method and result: users without a code in dev, by one-time code, by OpenID Connect; operators by admin token, by link, by OpenID Connect.':
    '登录次数，按方式和结果。用户：在 dev 中不用登录码、一次性登录码、OpenID Connect；操作员：管理员令牌、链接、OpenID Connect。',
  'Checks of secrets that wait for their turn: each takes about 40 ms of a thread.':
    '排队等待的密钥校验数：每次占用一个线程约 40 毫秒。',
  "How far this machine's clock is ahead of the database server's; negative when it is behind.":
    '本机的时钟比数据库服务器的时钟快多少；慢时为负数。',
  'Processes that are registered on the database.': '在数据库中登记的进程数。',
  'Always 1; the labels are the versions of this process.': '总是 1；标签是本进程的各个版本。',
  'the version of huizhi': 'huizhi 的版本',
  'the version of Node.js': 'Node.js 的版本',
  'Spans that were exported, and spans that were lost since the collector has failed.':
    '已导出的 span 数，以及因收集器故障而丢失的 span 数。',
};
