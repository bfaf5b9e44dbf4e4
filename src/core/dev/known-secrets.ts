import { requireOwnApp } from '../console/find-app.ts';
import type { Context } from '../context.ts';
import type { Setup } from '../setup.ts';

/**
 * Returns the secret of an app that the emulator was started with; null if the app has another one by now, because it
 * was rotated, or the app was created later. Throws `huizhi.notFound`, and
 * `huizhi.forbidden` for a third-party app outside of the scope.
 *
 * @param setup undefined outside of the emulator, where no secret is known
 */
export async function findKnownSecret(context: Context, setup: Setup | undefined, appKey: string) {
  const { secretHash, code } = requireOwnApp(context, appKey);
  const given = setup?.apps.find((one) => one.appKey === code)?.appSecret;
  return given !== undefined && (await context.secrets.verify(given, secretHash, code)) ? given : null;
}
