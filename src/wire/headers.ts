/** Names of headers and cookies, in lower case. */

/** Carries the token of a robot call; a query parameter of the same name does, too. */
export const tokenHeader = 'x-acs-dingtalk-access-token';

/** Repeats the `requestid` of the answer. */
export const requestIdHeader = 'x-acs-request-id';

/** The emulator's time in epoch milliseconds, which need not be the time of the machine. */
export const timeHeader = 'x-huizhi-time';

/** Our extension: a send with a key that was used before is answered with the first answer. */
export const idempotencyHeader = 'idempotency-key';

/** Our extension: how many recipients have left without reading a message; absent from readStatus when there are none. */
export const leftHeader = 'x-huizhi-left';

/** Cookie of a signed-in recipient, and the path that it is sent to. */
export const inboxCookie = 'huizhi_inbox_session';
export const inboxCookiePath = '/inbox';

/** The cookie of earlier versions, sent to every path and so to every port of the host. */
export const oldInboxCookie = 'huizhi_inbox';

/** Cookie of an operator who has signed in to the console. */
export const consoleCookie = 'huizhi_console';

/** Keeps what belongs to a sign-in at an OpenID provider until it comes back. */
export const oidcCookie = 'huizhi_oidc';

/** Proves that a call with the console's cookie comes from the console's own page. */
export const csrfHeader = 'x-csrf-token';
