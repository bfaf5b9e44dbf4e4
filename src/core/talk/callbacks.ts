import type { App } from '../../store/model.ts';
import { deriveSealKey, openSecret, sealSecret } from '../callbacks/sealed.ts';
import type { Context } from '../context.ts';

const sealUse = 'app secret';

/** Decrypts the secret of an app that signs messages; undefined if there is none, or the server's secret has changed. */
export function openCallbackSecret(context: Context, stored: string | null): string | undefined {
  return stored === null ? undefined : openSecret(deriveSealKey(context, sealUse), stored);
}

/**
 * Keeps the secret of an app encrypted if its robots get messages by HTTP, which it signs. Called whenever a secret is
 * given or created. Secrets of other apps are stored as hashes alone.
 */
export async function keepCallbackSecret(
  context: Context,
  { corpId, id }: Pick<App, 'corpId' | 'id'>,
  secret: string,
): Promise<void> {
  const callback = await context.store.talk.callback(corpId, id);
  if (callback?.url == null) return;
  await context.store.talk.putCallbackSecret(corpId, id, sealSecret(deriveSealKey(context, sealUse), secret));
}
