import type { Organization } from '../../store/model.ts';
import type { Subscription, SubscriptionChange } from '../../store/subscriptions/subscriptions.ts';
import { WireError } from '../../wire/errors.ts';
import type { EventType } from '../../wire/own/endpoints.ts';
import { findAddressFault } from '../callbacks/post.ts';
import { SetupError } from '../contacts/setup.ts';
import type { Context } from '../context.ts';
import { addEndpoint } from './endpoints.ts';
import { openEndpointSecret, sealEndpointSecret } from './sign.ts';

/** An endpoint of a configuration file; see `docs/reference/options.md`. */
export type SetupEndpoint = {
  readonly endpointId: string;
  readonly url: string;
  readonly secret: string;
  readonly types?: readonly EventType[] | undefined;
  readonly description?: string | undefined;
  readonly disabled?: boolean | undefined;
};

/**
 * Creates or updates the endpoints of an organization in a configuration file. Throws a SetupError for an address that
 * is not allowed.
 */
export async function applyEndpoints(
  context: Context,
  organization: Organization,
  endpoints: readonly SetupEndpoint[],
): Promise<void> {
  const { corpId } = organization;
  for (const given of endpoints) {
    const known = await context.store.subscriptions.byCode(corpId, 'endpoint', given.endpointId);
    try {
      const endpoint = known ?? (await addEndpoint(context, organization, given)).endpoint;
      await update(context, endpoint, given);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new SetupError(`the endpoint ${given.endpointId}: ${error.why}`);
    }
  }
  if (endpoints.length > 0) await context.dispatcher.check();
}

/** Absent members stay as they are. A changed secret replaces the old one at once. */
async function update(context: Context, known: Subscription, given: SetupEndpoint): Promise<void> {
  const { url, types = known.types, description = known.description, disabled, secret } = given;
  const fault = findAddressFault(context, url);
  if (fault !== undefined) throw new SetupError(`the endpoint ${given.endpointId}: ${fault}`);
  const isSameSecret = openEndpointSecret(context, known.secret) === secret;
  const change: SubscriptionChange = {
    ...{ url, types, description },
    ...(disabled !== undefined && { disabled: disabled ? 'operator' : 'no' }),
    ...(!isSameSecret && { secret: sealEndpointSecret(context, secret) }),
  };
  if (JSON.stringify({ ...known, ...change }) === JSON.stringify(known)) return;
  await context.store.subscriptions.change(known.corpId, known.id, change);
}
