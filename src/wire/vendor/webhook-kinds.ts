/**
 * The kinds of messages of custom robots, by the msgtype of `/robot/send`: the number in the database, which must never
 * change, and the msgKey under which inbox and console show the kind.
 */
export const webhookKinds = {
  text: { number: 40, msgKey: 'webhookText' },
  link: { number: 41, msgKey: 'webhookLink' },
  markdown: { number: 42, msgKey: 'webhookMarkdown' },
  actionCard: { number: 43, msgKey: 'webhookActionCard' },
  feedCard: { number: 44, msgKey: 'webhookFeedCard' },
} as const;

/** The msgtype of a message of a custom robot. */
export type WebhookType = keyof typeof webhookKinds;

/** Whether a text is the msgtype of a message of a custom robot. */
export function isWebhookType(text: unknown): text is WebhookType {
  return typeof text === 'string' && Object.hasOwn(webhookKinds, text);
}
