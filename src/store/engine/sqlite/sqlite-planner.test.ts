import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { openStore } from '../../open.ts';
import type { Store } from '../../store.ts';
import { migrateSqlite } from './sqlite-schema.ts';

/** Runs verbs on an empty store, and returns the plan of each statement that they prepared. */
async function planOf(use: (store: Store) => unknown): Promise<string> {
  const { prepare } = DatabaseSync.prototype;
  const store = await openStore(':memory:');
  const texts: string[] = [];
  DatabaseSync.prototype.prepare = function (text: string) {
    texts.push(text);
    return prepare.call(this, text);
  };
  onTestFinished(async () => {
    DatabaseSync.prototype.prepare = prepare;
    await store.close();
  });
  await use(store);
  DatabaseSync.prototype.prepare = prepare;
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  migrateSqlite(db, migrations);
  const plans = texts.flatMap((text) => db.prepare(`explain query plan ${text}`).all());
  return plans.map(({ detail }) => String(detail)).join('\n');
}

const corpId = 1;
const now = Date.UTC(2026, 0, 1);

test.each<[string, string, (store: Store) => unknown]>([
  [
    'the messages of one kind of sender',
    'messages_sender (corp_id=? AND sender=? AND sent_at>?',
    ({ operator }) => operator.messagesBefore({ along: 'sender', corpId, sender: 'notice' }, [now, 0], 0, 20),
  ],
  [
    'the total of them',
    'messages_sender (corp_id=? AND sender=? AND sent_at>? AND sent_at<?)',
    ({ operator }) => operator.totalOfWalk({ along: 'sender', corpId, sender: 'customRobot' }, 0, now),
  ],
  [
    'the messages that show cards',
    'messages_card (corp_id=? AND sent_at>?',
    ({ operator }) => operator.messagesBefore({ along: 'card', corpId }, [now, 0], 0, 20),
  ],
  [
    'the total of those',
    'messages_card (corp_id=? AND sent_at>? AND sent_at<?)',
    ({ operator }) => operator.totalOfWalk({ along: 'card', corpId }, 0, now),
  ],
  [
    'the messages of one operator',
    'messages_operator (corp_id=? AND operator_id=? AND sent_at>?',
    ({ operator }) => operator.messagesBefore({ along: 'operator', corpId, operatorId: 1 }, [now, 0], 0, 20),
  ],
  [
    'the total of the messages of one operator',
    'messages_operator (corp_id=? AND operator_id=? AND sent_at>? AND sent_at<?)',
    ({ operator }) => operator.totalOfWalk({ along: 'operator', corpId, operatorId: 1 }, 0, now),
  ],
  [
    'the messages of one conversation',
    'messages_conversation (corp_id=? AND conversation_id=? AND sent_at>?',
    ({ operator }) => operator.messagesBefore({ along: 'conversation', corpId, conversationId: 1 }, [now, 0], 0, 20),
  ],
  [
    'the custom robots of one group',
    'custom_robots_conversation (corp_id=? AND conversation_id=? AND id>?)',
    ({ customRobots }) => customRobots.page(corpId, 1, 0, 20),
  ],
])('%s are found with an index that has no others', async (_, index, use) => {
  expect(await planOf(use)).toContain(index);
});
