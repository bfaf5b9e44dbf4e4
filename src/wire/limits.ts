/** The numbers of the contract. Times are milliseconds unless the name says otherwise. */

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** Most userIds in one send. https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches */
export const maxRecipients = 20;

/** Most processQueryKeys in one recall. https://open.dingtalk.com/document/development/batch-message-recall-chat */
export const maxRecallKeys = 20;

/** Most bytes of a msgParam in UTF-8. https://open.dingtalk.com/document/development/the-robot-sends-a-group-message */
export const maxParamBytes = 15_000;

/** Most bytes of any request body: 1 MiB. */
export const maxBodyBytes = 1024 * 1024;

/** Most levels of objects and arrays in a JSON body. */
export const maxBodyDepth = 64;

/** How long a token lasts, in seconds. https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app */
export const tokenSeconds = 7200;

/** How long readStatus answers after the send, unless it is configured otherwise. */
export const readWindow = day;

/** How long a message can be recalled after the send. */
export const recallWindow = day;

/** Calls that the vendor allows an app in one second on one API. https://open.dingtalk.com/document/development/how-to-process-api-throttling-on-the-dingtalk-server */
export const vendorQps = 20;

/** Characters of a processQueryKey: base64 of 32 bytes. */
export const keyLength = 44;

/** How long a send with an `idempotency-key` is answered with its first answer. */
export const idempotencyWindow = day;

/** Most characters of an `idempotency-key`. */
export const maxIdempotencyKey = 255;

/** Most messageIds in one call of the inbox that marks them read. */
export const maxReadIds = 100;

/** Messages in one page of the inbox: most, and when the call does not say. */
export const maxPage = 100;
export const defaultPage = 20;

/** How long a sign-in code from the console can be used. */
export const signInCodeWindow = 10 * 60 * second;

/** How long a person stays signed in. */
export const sessionWindow = 30 * day;

/** Requests that the emulator answers in one call: most, and when the call does not say. */
export const maxRequests = 1000;
export const defaultRequests = 100;

/** Most rules in a setting of the emulator. */
export const maxRules = 1000;

/** Most bytes of a snapshot that is restored, the one body that may be larger than the others: 256 MiB. */
export const maxSnapshotBytes = 256 * maxBodyBytes;

/** Event streams that a person may have open on one process; who opens one more loses the oldest. */
export const maxStreams = 32;

/** Wrong lines of an import of users that are told; what comes after them is not looked at. */
export const maxProblems = 200;

/** The longest that a timer can wait, in milliseconds: some 24 days. A longer one would end at once. */
export const longestTimer = 2 ** 31 - 1;

/** How long an operator stays signed in to the console. */
export const consoleSessionWindow = 12 * hour;
