import { type ClientError, ConnectionError } from '../client/index.ts';
import type { Access } from '../config/read-client.ts';

/** What went wrong with a call, and what to do next, in one line. */
export function tell(error: ClientError, access: Access): string {
  const id = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
  return `${shortened(error.message)}${id}. ${adviceOn(error, access)}`;
}

/** Characters of a message that are shown: whatever a server says, an error stays a line or two. */
const longestMessage = 500;

function shortened(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ');
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

/** An error as the member of a line of JSON. */
export function plainError({ code, message, requestId }: ClientError) {
  return { code, message, requestId };
}

const tryAgain = 'Try again in a moment.';

const rules: readonly (readonly [RegExp, (access: Access) => string])[] = [
  [/^timeout$/, () => 'Try again, or allow more time with --timeout.'],
  [
    /^connection$/,
    ({ endpoint }) => `See whether ${endpoint} is right (--endpoint) and runs; huizhi doctor looks closer.`,
  ],
  [/^invalidAnswer$/, ({ endpoint }) => `What answers at ${endpoint} is no robot API: correct --endpoint.`],
  [
    /^invalid(ClientIdOrSecret|\.client)$/,
    ({ corpId }) =>
      `Check HUIZHI_APP_KEY and HUIZHI_APP_SECRET against the app${corpId === undefined ? '; a third-party app needs --corp, too' : ''}.`,
  ],
  [
    /^(unauthorized\.client|unknownError)$/,
    ({ corpId }) => (corpId === undefined ? tryAgain : `Check --corp: ${corpId} must be an organization of this app.`),
  ],
  [/^InvalidAction\.NotFound$/, ({ endpoint }) => `${endpoint} knows no such call: correct --endpoint.`],
  [/IpNotInWhiteList$/, () => 'Let the app be called from the address of this machine.'],
  [/ApiCountLimitForOrg$/, () => 'The calls of the month are used up: buy more, or wait for the next.'],
  [
    /^InvalidAuthentication$/,
    () => 'The token is over, or none of this server: get a new one, or give appKey and appSecret in its place.',
  ],
  [/^token$/, () => 'Correct HUIZHI_TOKEN, or give appKey and appSecret in its place.'],
  [
    /^invalidParameter\.param\.invalid$/,
    () => 'One of keys, userIds, --robot and --idempotency-key is too long, or holds what cannot be.',
  ],
  [
    /^(Missing|Invalidbody)/,
    ({ endpoint }) =>
      `${endpoint} did not take the request as this version writes it: see whether it is a robot API, and correct --endpoint.`,
  ],
  [/AccessTokenPermissionDenied$/, () => 'Give the app the permission qyapi_robot_sendmsg.'],
  [/\.Qp[sm]LimitFor/, () => 'Too many calls in a moment: try again later.'],
  [/robotCode/i, () => 'Check --robot: it must belong to this app and be installed in its organization.'],
  [/^chatbotId\.notAllow/, () => 'The robot is disabled: enable it, or name another with --robot.'],
  [
    /^processQueryKey\.expireTime$/,
    () => 'The time in which it can be asked for is over, a day after the send as a rule.',
  ],
  [/^robot\.processQueryKey\.expired$/, () => 'It is too late to recall it; a day after the send is the latest.'],
  [
    /processQueryKey/,
    () => 'Copy the key whole, in quotes, as huizhi send has printed it, and name the robot that sent it.',
  ],
  [/^template\./, () => 'The robot may not send this kind of message now: enable its template.'],
  [
    /^(miss\.param|invalidParameter\.msg)/,
    () => 'Correct --msg-key and --msg-param: the kinds and their fields are in /docs of any huizhi.',
  ],
  [/userIds|^staffId/, () => 'Check the userIds of --to and --to-file.'],
  [/^(unknown\.send\.result|system\.error|server\.error)$/, () => tryAgain],
];

/** What to do about an error. */
export function adviceOn(error: { readonly code: string }, access: Access): string {
  const [, advice] = rules.find(([pattern]) => pattern.test(error.code)) ?? [];
  if (advice) return advice(access);
  return error instanceof ConnectionError
    ? 'Try again.'
    : 'The reference of errors says more: docs/reference/errors.md of the package.';
}
