/**
 * The limits of the APIs, with the vendor page that documents each of the vendor's. Times are milliseconds unless the
 * name has another unit.
 */

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/**
 * Maximum number of userIds in one send.
 * https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
 */
export const maxRecipients = 20;

/** Maximum numbers of users, and of departments, to whom an operator sends one message. */
export const maxComposedRecipients = 1000;
export const maxComposedDepartments = 100;

/**
 * Maximum number of processQueryKeys in one recall.
 * https://open.dingtalk.com/document/development/batch-message-recall-chat
 */
export const maxRecallKeys = 20;

/**
 * Readers per page of a query of a message to a conversation: maximum and default.
 * https://open.dingtalk.com/document/development/chatbot-queries-the-read-status-of-a-message
 */
export const maxReaders = 200;

/**
 * Maximum size of a msgParam in bytes of UTF-8.
 * https://open.dingtalk.com/document/development/the-robot-sends-a-group-message
 */
export const maxParamBytes = 15_000;

/**
 * Maximum number of receivers of a DING in the app, and of one by SMS or phone; DINGs of a robot in a minute.
 * https://open.dingtalk.com/document/development/robot-sends-nail-message
 */
export const maxDingReceivers = 200;
export const maxPaidDingReceivers = 20;
export const maxDingsPerMinute = 6000;

/**
 * Messages of a custom robot: in a minute, time for which one more blocks the robot, bytes of a body, people that it
 * names with `at`, and the difference between the time of a signature and the server's clock.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages
 */
export const maxWebhookSends = 20;
export const webhookBlock = 10 * 60 * second;
export const maxWebhookBytes = 20_000;
export const maxMentions = 50;
export const signatureWindow = hour;

/** Messages of a person in a minute, and bytes of one. */
export const maxSpeeches = 60;
export const maxSpeechBytes = 20_000;

/** Parts of a message of a person with texts and pictures, and people and robots that a message names. */
export const maxRichTextParts = 50;

/**
 * Replies through a sessionWebhook: the time after the last message in which it can be used, and messages in a minute.
 * https://open.dingtalk.com/document/development/receive-message
 */
export const sessionWebhookWindow = 90 * 60 * second;
export const maxSessionReplies = 20;

/** Maximum number of keywords of a custom robot, as the vendor documents it, and of address ranges. */
export const maxKeywords = 10;
export const maxAddressRanges = 10;

/**
 * Maximum numbers of userids and of departments in the lists of a work notice. The vendor's page has 100 and 20, which
 * the strict limits use; its SDK and older pages have 5,000 and 500.
 * https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
 */
export const maxNoticeUsers = 5000;
export const maxNoticeDepartments = 500;
export const maxStrictNoticeUsers = 100;
export const maxStrictNoticeDepartments = 20;

/**
 * Receivers of a work notice, receivers of an app's notices in a minute, notices of an app to one user on a day, and
 * notices of an app to all users on a day. A third-party app cannot send to all users.
 */
export const noticeLimits = {
  internal: { receivers: 5000, perMinute: 5000, perDay: 500 },
  thirdParty: { receivers: 1000, perMinute: 5000, perDay: 100 },
} as const;
export const maxNoticesToAll = 3;

/** Maximum number of receivers of a work notice with a status bar. */
export const maxStatusBarReceivers = 5;

/** Life of a Stream connection by default, and the default number of connections and of open tickets of one app. */
export const streamLifetime = 12 * hour;
export const maxStreamConnections = 100;

/**
 * Life of a ticket, subscriptions of a connection, characters of a topic and of what a client says about itself, and
 * bytes: of a frame from a client, and of the data of a push. The vendor's Java SDK accepts frames of 256 KiB.
 * https://open-dingtalk.github.io/developerpedia/docs/learn/stream/protocol
 */
export const ticketLifetime = 90 * second;
export const maxSubscriptions = 100;
export const maxTopicLength = 256;
export const maxClientLength = 256;
export const maxFrameBytes = 1024 * 1024;
export const maxPushBytes = 240 * 1024;

/** Maximum length of a text of a work notice in characters and, with the strict limits, size of all of it in bytes. */
export const maxNoticeText = 5000;
export const maxStrictNoticeBytes = 2048;

/** Bytes of an app's message to a group, and readers in a page of its read list. */
export const maxChatBytes = 2048;
export const maxChatReaders = 100;

/** With the strict limits, the result of a work notice with more receivers is refused. */
export const maxStrictResults = 100;

/** Time after its send in which the result of a work notice can be queried, and its progress or status bar. */
export const noticeResultWindow = day;
export const noticeProgressWindow = 7 * day;

/** Maximum number of quick entries of a robot. The vendor documents the error, but not the number. */
export const maxPlugins = 10;

/**
 * Limits of a card: characters of one variable, of all variables together with their names, and of an id; bytes of the
 * name of a variable; characters of the params of a click as JSON.
 */
export const maxCardValue = 20_000;
export const maxCardSize = 256 * 1024;
export const maxCardText = 256;
export const maxCardKeyBytes = 100;
export const maxCardParams = 4000;

/** Maximum number of places to which one call delivers a card, and of addresses for clicks of one app. */
export const maxCardSpaces = 20;
export const maxCardDeliveries = 1000;
export const maxCardCallbacks = 100;

/** Milliseconds in which the program of a card has to answer a click. */
export const cardDeadline = 2000;

/** Clicks of one person in a minute. */
export const maxCardClicks = 60;

/** Maximum size of a request body in bytes: 1 MiB. */
export const maxBodyBytes = 1024 * 1024;

/** Maximum nesting depth of objects and arrays in a JSON body. */
export const maxBodyDepth = 64;

/**
 * Lifetime of an access token in seconds.
 * https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app
 */
export const tokenSeconds = 7200;

/** Default time after a send for which readStatus returns its receipt. */
export const readWindow = day;

/** Time after a send in which the message can be recalled. */
export const recallWindow = day;

/**
 * The vendor's limit of calls per second, for one app and one API.
 * https://open.dingtalk.com/document/development/how-to-process-api-throttling-on-the-dingtalk-server
 */
export const vendorQps = 20;

/** Length of a processQueryKey in characters: base64 of 32 bytes. */
export const keyLength = 44;

/** Time in which a repeated send with the same `idempotency-key` gets the response of the first one. */
export const idempotencyWindow = day;

/** Maximum length of an `idempotency-key` in characters. */
export const maxIdempotencyKey = 255;

/** Maximum number of messageIds in one call that marks messages read. */
export const maxReadIds = 100;

/** Time for which the secret of an endpoint is still used after a new one was created. */
export const secretOverlap = day;

/** Time for which events are stored at least while there is an endpoint that may need them. */
export const eventRetention = 4 * day;

/** Time for which the console shows what was sent to an endpoint. */
export const eventDeliveryRetention = 7 * day;

/** Items per page of a list: maximum and default. */
export const maxPage = 100;
export const defaultPage = 20;

/** Time for which a downloadCode of a received message is valid. */
export const downloadCodeWindow = day;

/** Time for which the address of a downloaded file is valid. */
export const downloadWindow = hour;

/** Default and maximum lifetime of a sign-in code from the console. */
export const signInCodeWindow = 10 * 60 * second;
export const maxSignInCodeWindow = 7 * day;

/** Default and maximum lifetime of a sign-in link of an operator. */
export const operatorLinkWindow = day;
export const maxOperatorLinkWindow = 7 * day;

/** Maximum number of roles of an operator. */
export const maxOperatorGrants = 1000;

/** Lifetime of the session of a recipient. */
export const sessionWindow = 30 * day;

/** Requests that one call of the emulator's journal returns: maximum and default. */
export const maxRequests = 1000;
export const defaultRequests = 100;

/** Longest time in milliseconds that one call of the emulator waits for an event. */
export const maxWait = 20 * second;

/** Maximum number of rules (readers or faults) of the emulator. */
export const maxRules = 1000;

/** Maximum size of a snapshot in bytes: 256 MiB. It is the only body that may exceed {@link maxBodyBytes}. */
export const maxSnapshotBytes = 256 * maxBodyBytes;

/** Maximum number of event streams of one recipient on one process; one more closes the oldest. */
export const maxStreams = 32;

/** Maximum number of invalid lines that an import of users reports; it stops checking after them. */
export const maxProblems = 200;

/** The longest delay of a timer in milliseconds, about 24 days. Node fires a timer with a longer delay immediately. */
export const longestTimer = 2 ** 31 - 1;

/**
 * Maximum number of user_ids when a scene group is created, and of characters of its title in the call of the old host.
 * https://open.dingtalk.com/document/development/create-a-scene-group-v2
 */
export const maxSceneGroupUsers = 999;
export const maxSceneGroupTitle = 30;

/**
 * Limits of the old group calls: userids in one call, members of a group, characters of its name.
 * https://open.dingtalk.com/document/development/session-management-creates-groups
 */
export const maxChatUsers = 40;
export const maxChatMembers = 1000;
export const maxChatName = 20;

/** Maximum length of the `uuid` of a call that creates a group. */
export const maxUuid = 64;

/** Maximum number of members of a group that a configuration file, the console or the emulator makes. */
export const maxGroupMembers = 20_000;

/** Maximum length of a group's title, template id and icon in the calls whose documentation names no limit. */
export const maxGroupText = 200;

/** Maximum number of items in a page of the vendor's lists of groups, and of members; the default for members. */
export const maxGroupsPage = 200;
export const maxMembersPage = 1000;
export const defaultMembersPage = 200;

/** Lifetime of the session of an operator. */
export const consoleSessionWindow = 12 * hour;

/** Maximum number of departments in an organization, and of levels below the root department. */
export const maxDepartments = 10_000;
export const maxDepartmentDepth = 20;

/** The largest number of an event. Larger ones are refused, because the store reads them as a day and a number. */
export const maxEventNumber = 2 ** 34 - 1;

/** Characters of an address for callbacks, and of the token that signs encrypted HTTP pushes. */
export const maxCallbackUrl = 2000;
export const minCallbackToken = 6;
export const maxCallbackToken = 63;

/**
 * Time after the last attempt of an event until it is in the list of failed events, and events in a page of the list.
 */
export const failedEventDelay = 180 * second;
export const maxFailedEvents = 200;

/** Events in one page of JSON: maximum and default. */
export const maxEventsPage = 1000;
export const defaultEventsPage = 100;
