/** Names of headers and cookies, in lower case. */

/** The access token of a robot call. A query parameter of the same name also works. */
export const tokenHeader = 'x-acs-dingtalk-access-token';

/** The `requestid` of the response. */
export const requestIdHeader = 'x-acs-request-id';

/** The emulator's time in epoch milliseconds, which may differ from the machine's time. */
export const timeHeader = 'x-huizhi-time';

/** An extension of huizhi: a repeated send with the same key gets the response of the first one. */
export const idempotencyHeader = 'idempotency-key';

/**
 * Our extension: how many recipients have left without reading a message; absent from readStatus when there are none.
 */
export const leftHeader = 'x-huizhi-left';

/** Cookie of a signed-in recipient, and the path that it is sent to. */
export const inboxCookie = 'huizhi_inbox_session';
export const inboxCookiePath = '/inbox';

/** The inbox cookie of earlier versions, whose path was `/`. */
export const oldInboxCookie = 'huizhi_inbox';

/** Cookie of an operator who is signed in to the console. */
export const consoleCookie = 'huizhi_console';

/** Cookie with the state of a sign-in by OpenID Connect, until the provider redirects back. */
export const oidcCookie = 'huizhi_oidc';

/** Cookie of a sign-in of an operator at an OpenID provider that is under way. */
export const consoleOidcCookie = 'huizhi_console_oidc';

/** The CSRF token of the session: proves that a request with the console's cookie comes from the console's page. */
export const csrfHeader = 'x-csrf-token';
