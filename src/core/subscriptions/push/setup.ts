import type { CallbackTag } from '../../../wire/vendor/values.ts';
import { findAddressFault } from '../../callbacks/post.ts';
import { SetupError } from '../../contacts/setup.ts';
import type { Context } from '../../context.ts';
import { savePush } from './push.ts';

/** The encrypted HTTP push of an internal app in a configuration file; see `docs/reference/options.md`. */
export type SetupPush = {
  readonly url: string;
  readonly token: string;
  readonly aesKey: string;
  readonly types: readonly CallbackTag[];
};

/**
 * Creates or changes the HTTP push of an app in a configuration file. The address is not checked with `check_url`, because
 * it may start after this server. Throws a SetupError for an address that is not allowed.
 */
export async function applyPush(
  context: Context,
  appKey: string,
  { url, types, token, aesKey }: SetupPush,
): Promise<void> {
  const app = context.directory.now.app(appKey);
  if (app?.kind !== 'internal')
    throw new SetupError(`app ${appKey} is not an internal app, and only internal apps have HTTP pushes`);
  const fault = findAddressFault(context, url);
  if (fault !== undefined) throw new SetupError(`the push of app ${appKey} is refused: ${fault}`);
  await savePush(context, app, { url, types, keys: { token, aesKey, ownerKey: appKey } });
}
