import { type ClientError, ConnectionError } from '../../client/errors.ts';
import { adviseOnCertificate } from '../advice.ts';

const rules: readonly (readonly [RegExp, (endpoint: string) => string])[] = [
  [/^timeout$/, () => 'Try again, or allow more time with --timeout.'],
  [/^connection$/, (endpoint) => `Check --endpoint (${endpoint}) and that the server is running.`],
  [/^invalidAnswer$/, (endpoint) => `The server at ${endpoint} is not a huizhi: correct --endpoint.`],
  [
    /^huizhi\.unauthorized$/,
    () => 'Correct HUIZHI_ADMIN_TOKEN; huizhi admin token reset makes a new token if it is lost.',
  ],
  [/^huizhi\.notFound$/, () => 'Check --corp and the codes: list shows those that exist.'],
  [/^huizhi\.conflict$/, () => 'Choose another code, or change the existing object.'],
  [/^huizhi\.badRequest$/, () => 'Correct the value.'],
  [/^huizhi\.tooLarge$/, () => 'Split the file.'],
];

/** Returns what to do about an error of the console's API, as one sentence. */
export function adviseOnAdmin(error: ClientError, endpoint: string): string {
  const { code, message } = error;
  if (error instanceof ConnectionError && error.status === 403)
    return `A proxy at ${endpoint} may refuse the console to this machine: name the server's own port with --endpoint, such as http://127.0.0.1:8720.`;
  const about = code === 'connection' ? adviseOnCertificate(message) : undefined;
  const [, advise] = rules.find(([pattern]) => pattern.test(code)) ?? [];
  return about ?? advise?.(endpoint) ?? 'Try again in a moment.';
}
