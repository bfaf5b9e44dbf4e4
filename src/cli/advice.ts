import { type ClientError, ConnectionError } from '../client/index.ts';
import type { Access } from '../config/read-client.ts';

/** Describes a failed call on one line: the server's message, the request id, and what to do next. */
export function describeError(error: ClientError, access: Access): string {
  return describeFailedCall(error, adviseOn(error, access));
}

/** Like `describeError`, with the given advice. */
export function describeFailedCall({ message, requestId }: ClientError, advice: string): string {
  const id = requestId === undefined ? '' : ` (request ${requestId})`;
  return `${shorten(message)}${id}. ${advice}`;
}

/** Longer messages are cut to this many characters, so that an error fits on a line or two. */
const longestMessage = 500;

function shorten(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ');
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

/** The `error` member of a line of JSON output. */
export function renderError({ code, message, requestId }: ClientError) {
  return { code, message, requestId };
}

const tryAgain = 'Try again in a moment.';

const rules: readonly (readonly [RegExp, (access: Access) => string])[] = [
  [/^timeout$/, () => 'Try again, or allow more time with --timeout.'],
  [
    /^connection$/,
    ({ endpoint }) => `Check --endpoint (${endpoint}) and that the server is running; huizhi doctor shows more.`,
  ],
  [/^invalidAnswer$/, ({ endpoint }) => `The server at ${endpoint} is not a robot API: correct --endpoint.`],
  [
    /^invalid(ClientIdOrSecret|\.client)$/,
    ({ corpId }) =>
      `Check HUIZHI_APP_KEY and HUIZHI_APP_SECRET against the app${corpId === undefined ? '; a third-party app also needs --corp' : ''}.`,
  ],
  [
    /^(unauthorized\.client|unknownError)$/,
    ({ corpId }) => (corpId === undefined ? tryAgain : `Check --corp: ${corpId} must be an organization of this app.`),
  ],
  [/^InvalidAction\.NotFound$/, ({ endpoint }) => `${endpoint} does not have this call: correct --endpoint.`],
  [/IpNotInWhiteList$/, () => "Add this machine's address to the allowed addresses of the app."],
  [/ApiCountLimitForOrg$/, () => 'The monthly number of calls is used up: buy more, or wait until next month.'],
  [
    /^InvalidAuthentication$/,
    () => 'The token has expired or belongs to another server: get a new one, or use appKey and appSecret instead.',
  ],
  [/^token$/, () => 'Correct HUIZHI_TOKEN, or use appKey and appSecret instead.'],
  [
    /^invalidParameter\.param\.invalid$/,
    () =>
      'A processQueryKey, an openDingId, a userId, --robot or --idempotency-key is too long or has an invalid character.',
  ],
  [
    /^(Missing|Invalidbody)/,
    ({ endpoint }) =>
      `${endpoint} did not accept the request in the form of this version: check that it is a robot API, or correct --endpoint.`,
  ],
  [
    /AccessTokenPermissionDenied$/,
    () => 'Grant the app the permission qyapi_robot_sendmsg, for DINGs Premium.Ding.Write.',
  ],
  [/\.Qp[sm]LimitFor/, () => 'Too many calls in a short time: try again later.'],
  [
    /robotCode|^invalid\.chatbotId$/i,
    () => 'Check --robot: it must belong to this app and be installed in its organization.',
  ],
  [/^chatbotId\.notAllow/, () => 'The robot is disabled: enable it, or name another with --robot.'],
  [
    /^processQueryKey\.expireTime$/,
    () => 'The read window has ended (by default one day after the send): this message can no longer be queried.',
  ],
  [/^robot\.processQueryKey\.expired$/, () => 'A message can be recalled within one day after the send.'],
  [
    /processQueryKey/,
    () => 'Copy the whole key, in quotes, as huizhi send printed it, and name the robot that sent it.',
  ],
  [/^template\./, () => "The robot's template for this kind of message is not active: enable it."],
  [
    /^(miss\.param|invalidParameter\.msg)/,
    () => 'Correct --msg-key and --msg-param: the page /docs of a huizhi server lists the kinds and their fields.',
  ],
  [/^send\.ding/, () => 'The robot is disabled: enable it, or name another with --robot.'],
  [/^ding\.receivercount/, () => 'Name at most 200 users, at most 20 by SMS or phone.'],
  [/^ding\.serverquota/, () => 'The quota of SMS or calls is used up: raise it, or use --channel app.'],
  [/^toomuch\.msg$/, () => 'The robot has sent too many DINGs in this minute: try again later.'],
  [/^recall\.ding/, () => 'Copy the whole openDingId, as huizhi ding printed it, and name the robot that sent it.'],
  [/userIds|^staffId|^miss\.staffId$/, () => 'Check the userIds of --to and --to-file.'],
  [/^(unknown\.send\.result|system\.error|server\.error)$/, () => tryAgain],
];

const certificateRules: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*)\b/,
    'This machine does not know the authority of the certificate: name a file with the certificate of the authority in NODE_EXTRA_CA_CERTS.',
  ],
  [/\bERR_TLS_CERT_ALTNAME_INVALID\b/, 'The certificate is of another name: correct --endpoint, or the certificate.'],
  [
    /\bCERT_HAS_EXPIRED\b/,
    'The certificate of the server has expired: renew it, or correct the clock of this machine.',
  ],
];

/** Returns what to do about a failed connection if the server's certificate is the reason; `reason` has Node's code. */
export function adviseOnCertificate(reason: string): string | undefined {
  return certificateRules.find(([pattern]) => pattern.test(reason))?.[1];
}

/** Returns what to do about an error, as one sentence. */
export function adviseOn(error: { readonly code: string }, access: Access): string {
  const about = error instanceof ConnectionError ? adviseOnCertificate(error.message) : undefined;
  if (about !== undefined) return about;
  const [, advice] = rules.find(([pattern]) => pattern.test(error.code)) ?? [];
  if (advice) return advice(access);
  return error instanceof ConnectionError
    ? 'Try again.'
    : 'See the error reference: docs/reference/errors.md in the package.';
}
