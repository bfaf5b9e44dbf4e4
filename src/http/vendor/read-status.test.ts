import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Receipt } from '../../core/read-status.ts';
import type { ReadStatusAnswer } from '../../wire/vendor/robot.ts';
import { render } from './read-status.ts';

type Unit = Parameters<typeof render>[1];

/** The reference implementation: builds an object and calls `JSON.stringify`. */
function renderPlainly({ state, recalledAt, deliveries }: Receipt, unit: Unit): string {
  const sent = state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
  return JSON.stringify({
    sendStatus: recalledAt === null ? sent : 'RECALLED',
    messageReadInfoList: deliveries.map(({ user: { name, code: userId }, readAt }) => {
      if (readAt === null) return { name, userId, readStatus: 'UNREAD' };
      const readTimestamp = unit === 'seconds' ? Math.floor(readAt / 1000) : readAt;
      return { name, userId, readStatus: 'READ', ...(unit === 'off' ? {} : { readTimestamp }) };
    }),
  } satisfies ReadStatusAnswer);
}

const time = fc.integer({ min: 0, max: 4_000_000_000_000 });

const people = fc.array(
  fc.record({
    id: fc.nat(),
    code: fc.string({ maxLength: 20 }),
    name: fc.string({ unit: 'grapheme', maxLength: 20 }),
    leftAt: fc.option(time),
  }),
  { minLength: 1, maxLength: 5 },
);
const receipts = people.chain((known) =>
  fc.record({
    state: fc.constantFrom('queued', 'unknown', 'delivered' as const),
    recalledAt: fc.option(time),
    deliveries: fc.array(fc.record({ user: fc.constantFrom(...known), readAt: fc.option(time) }), { maxLength: 8 }),
  }),
);

test('a receipt is rendered to the same UTF-8 bytes as by JSON.stringify, also the second time', () => {
  fc.assert(
    fc.property(
      receipts,
      fc.constantFrom('seconds', 'milliseconds', 'off' as const),
      ({ deliveries, ...rest }, unit) => {
        const cached = new Map(deliveries.map(({ user }) => [user, { ...user, corpId: 1, text: undefined }]));
        const receipt = {
          ...{ corpId: 1, messageId: 1, robotId: 1, kind: 1, sentAt: 0, conversationId: null },
          ...rest,
          deliveries: deliveries.map(({ user, readAt }) => ({
            user: cached.get(user) ?? { ...user, corpId: 1, text: undefined },
            readAt,
          })),
        } as Receipt;
        const plain = renderPlainly(receipt, unit);
        for (let i = 0; i < 2; i++) expect(Buffer.from(render(receipt, unit), 'latin1').toString()).toBe(plain);
      },
    ),
  );
});
