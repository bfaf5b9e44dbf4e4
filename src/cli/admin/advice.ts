import type { ClientError } from '../../client/errors.ts';

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
export function adviseOnAdmin({ code }: ClientError, endpoint: string): string {
  const [, advise] = rules.find(([pattern]) => pattern.test(code)) ?? [];
  return advise?.(endpoint) ?? 'Try again in a moment.';
}
