/** What the calls of a webhook and of a sessionWebhook have in common. */
import { hash } from 'node:crypto';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { WireError } from '../../wire/errors.ts';
import { maxWebhookBytes } from '../../wire/limits.ts';
import type { LabelsOf } from '../../wire/metrics/table.ts';
import { parseWebhookMessage, type WebhookMessage } from '../../wire/vendor/webhook-messages.ts';
import type { Context, Eventually, Outcome } from '../context.ts';

/** A call whose body is a message of a robot. */
export type MessageCall = {
  /** The network address of the caller. */
  readonly address: string;
  readonly isJson: boolean;
  readonly idempotencyKey: string | undefined;
  /** Reads the body as text. Throws an error if it is too large. */
  readBody(): Eventually<string>;
  /** Parses a text as a JSON object. Throws an error for anything else. */
  parse(text: string): Readonly<Record<string, unknown>>;
};

/** A message of a call. `text` is the body, `msgUuid` a member of it. */
export type ReadMessage = { readonly message: WebhookMessage; readonly msgUuid: unknown; readonly text: string };

/**
 * Reads the message of a call, with the checks in the vendor's order.
 *
 * @throws OldHostError
 */
export async function readMessage({ isJson, readBody, parse }: MessageCall): Promise<ReadMessage> {
  if (!isJson) throw new OldHostError(43004, 'the content type is not JSON');
  const text = await readBody();
  const body = parse(text);
  const message = parseWebhookMessage(body);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxWebhookBytes) throw new OldHostError(460101, `the body has ${bytes} bytes`);
  return { message, msgUuid: body.msgUuid, text };
}

/** An idempotency claim. Without a key nothing is claimed. */
export type MessageClaim = { readonly key: string | undefined; readonly path?: string; readonly content: string };

/**
 * Returns the idempotency claim of a call: of its `msgUuid`, whose repeats are equal whatever they contain, or of its
 * idempotency-key, whose repeats must have the same content.
 *
 * @param path the path of the call
 * @param id the number of the sender, whose keys are its own
 */
export function findMessageClaim(
  path: string,
  id: number,
  { idempotencyKey }: Pick<MessageCall, 'idempotencyKey'>,
  { msgUuid, text }: Omit<ReadMessage, 'message'>,
): MessageClaim {
  if (typeof msgUuid === 'string' && msgUuid !== '')
    return { key: msgUuid.toWellFormed().replaceAll('\0', ''), path: `${path}/msgUuid ${id}`, content: '' };
  const content = idempotencyKey === undefined ? '' : hash('sha256', text, 'base64url');
  return { key: idempotencyKey, path: `${path} ${id}`, content };
}

/** Runs the call of a webhook, and counts it by its outcome. */
export function countWebhook(
  { meters }: Context,
  by: LabelsOf<'huizhi_webhook_messages_total'>['by'],
  work: () => Promise<void>,
): Promise<void> {
  return countOutcome(
    work,
    () => 'accepted',
    (outcome) => meters.count('huizhi_webhook_messages_total', { by, outcome }),
  );
}

/** Runs work, and passes its outcome to `count`. */
export async function countOutcome<T, O extends string>(
  work: () => Promise<T>,
  describe: (result: T) => O,
  count: (outcome: O | Exclude<Outcome, 'accepted'>) => void,
): Promise<T> {
  try {
    const result = await work();
    count(describe(result));
    return result;
  } catch (error) {
    count(error instanceof OldHostError || error instanceof WireError ? 'refused' : 'failed');
    throw error;
  }
}
