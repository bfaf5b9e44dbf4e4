import type { AuditEntry } from '../../store/console/audit.ts';
import { StoreError } from '../../store/engine/sql.ts';
import type { Organization } from '../../store/model.ts';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { EventType } from '../../wire/own/endpoints.ts';
import { findAddressFault } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import { newSubscription } from './new-subscription.ts';
import { createEndpointSecret, sealEndpointSecret } from './sign.ts';

/** An endpoint to create. */
export type EndpointFields = {
  readonly url: string;
  readonly description?: string | undefined;
  /** Null or absent: all types. */
  readonly types?: readonly EventType[] | null | undefined;
  /** Default: random. */
  readonly endpointId?: string | undefined;
  /** `whsec_` and base64. Default: random. */
  readonly secret?: string | undefined;
};

/** Bytes of an endpointId. */
const codeBytes = 12;

/**
 * Creates an endpoint that gets the events of an organization from now on.
 *
 * @param audit returns an audit entry, which is written with the endpoint
 * @throws WireError `huizhi.badRequest` for an address that is not allowed, `huizhi.conflict` if the endpointId is in use
 */
export async function addEndpoint(
  context: Context,
  { corpId }: Organization,
  { url, description = '', types = null, ...given }: EndpointFields,
  audit?: (endpoint: Subscription) => AuditEntry,
): Promise<{ readonly endpoint: Subscription; readonly secret: string }> {
  checkUrl(context, url);
  const { store, randomBytes } = context;
  const code = given.endpointId ?? `ep_${Buffer.from(randomBytes(codeBytes)).toString('hex')}`;
  const secret = given.secret ?? createEndpointSecret(context);
  const sealed = sealEndpointSecret(context, secret);
  const made = await newSubscription(context, {
    ...{ corpId, form: 'endpoint', code, url, description, types, secret: sealed },
  });
  try {
    await store.subscriptions.create(made, audit?.(made));
  } catch (error) {
    if (!(error instanceof StoreError && error.reason === 'taken')) throw error;
    throw huizhiError('huizhi.conflict', `there is an endpoint ${code}`);
  }
  await context.dispatcher.check();
  return { endpoint: (await store.subscriptions.byCode(corpId, 'endpoint', code)) ?? made, secret };
}

/** Throws `huizhi.badRequest` for an address that is not allowed. */
export function checkUrl(context: Context, url: string): void {
  const fault = findAddressFault(context, url);
  if (fault !== undefined) throw huizhiError('huizhi.badRequest', `url: ${fault}`);
}
