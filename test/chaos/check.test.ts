import { describe, expect, test } from 'vitest';
import { check, type InboxEvent, type InboxMessage, type Observed } from './check.ts';
import { createLedger, type Ledger, readKey } from './ledger.ts';

const users = ['u0', 'u1', 'u2', 'u3', 'u4'];

/**
 * A send to five users that was acknowledged and that u0 has read, one that was recalled, one without an answer, and a
 * renamed user.
 */
function ledger(): Ledger {
  const made = createLedger();
  const common = { userIds: users, repeatable: false };
  made.sends.set('read', { ...common, name: 'read', key: 'k0', recall: undefined });
  made.sends.set('recalled', { ...common, name: 'recalled', key: 'k1', recall: 'acknowledged' });
  made.sends.set('unanswered', { ...common, name: 'unanswered', key: undefined, recall: undefined });
  made.reads.set(readKey('u0', 'read'), 'acknowledged');
  made.people.set('p0', { states: ['second'], acknowledged: 2, tried: 0 });
  for (const name of ['read', 'recalled', 'unanswered']) made.nameOf.set(name, name);
  return made;
}

type Observation = {
  readonly receipts: Map<string, { sendStatus: string; list: { userId: string; isRead: boolean }[] }>;
  readonly inboxes: Map<string, InboxMessage[]>;
  readonly streams: Map<string, InboxEvent[]>;
  messages: { messageId: string; name: string; status: string; recipientCount: number; readCount: number }[];
  people: { userId: string; name: string }[];
  audit: string[];
};

/** The state that a process shows if it has lost nothing. */
function observation(): Observation {
  const listOf = (reader?: string) => users.map((userId) => ({ userId, isRead: userId === reader }));
  const inInbox = (name: string, readAt: number | null, recalled: boolean) => ({
    messageId: name,
    name,
    readAt,
    recalled,
  });
  const console = (name: string, status: string, readCount: number) => {
    return { messageId: name, name, status, recipientCount: users.length, readCount };
  };
  const streamOf = (userId: string) => [
    { id: 1, event: 'message', messageId: 'read' },
    { id: 2, event: 'message', messageId: 'recalled' },
    { id: 3, event: 'recall', messageId: 'recalled' },
    { id: 4, event: 'message', messageId: 'unanswered' },
    ...(userId === 'u0' ? [{ id: 5, event: 'read', messageId: 'read' }] : []),
  ];
  const inboxOf = (userId: string) => [
    inInbox('unanswered', null, false),
    inInbox('recalled', null, true),
    inInbox('read', userId === 'u0' ? 1000 : null, false),
  ];
  return {
    receipts: new Map([
      ['read', { sendStatus: 'SUCCESS', list: listOf('u0') }],
      ['recalled', { sendStatus: 'RECALLED', list: listOf() }],
    ]),
    inboxes: new Map(users.map((userId) => [userId, inboxOf(userId)])),
    streams: new Map(users.map((userId) => [userId, streamOf(userId)])),
    messages: [console('unanswered', 'success', 0), console('recalled', 'recalled', 0), console('read', 'success', 1)],
    people: [{ userId: 'p0', name: 'second' }],
    audit: ['p0', 'p0'],
  };
}

/** The findings after one value was changed. */
function findings(change: (seen: Observation, ledger: Ledger) => void): readonly string[] {
  const [seen, known] = [observation(), ledger()];
  change(seen, known);
  return check(known, seen satisfies Observed).map(({ wrong, what }) => `${wrong}: ${what}`);
}

/** Removes a message from a user's inbox and stream; the numbers of the stream keep no gap. */
function withhold({ inboxes, streams }: Observation, userId: string, name: string): void {
  inboxes.set(
    userId,
    (inboxes.get(userId) ?? []).filter((one) => one.name !== name),
  );
  const rest = (streams.get(userId) ?? []).filter(({ messageId }) => messageId !== name);
  streams.set(
    userId,
    rest.map((event, i) => ({ ...event, id: i + 1 })),
  );
}

const withoutEvent = (seen: Observation, userId: string, event: string) =>
  seen.streams.set(
    userId,
    (seen.streams.get(userId) ?? []).filter((one) => one.event !== event),
  );

test('a process that shows everything that was acknowledged passes', () => {
  expect(findings(() => {})).toEqual([]);
});

test('a send without an answer may be missing as a whole', () => {
  const change = (seen: Observation) => {
    for (const userId of users) withhold(seen, userId, 'unanswered');
    seen.messages = seen.messages.filter(({ name }) => name !== 'unanswered');
  };
  expect(findings(change)).toEqual([]);
});

test('a change without an answer is either made or not, but never in part', () => {
  const tried = (name: string, entries: number) => (seen: Observation, known: Ledger) => {
    known.people.set('p0', { states: ['second', 'third'], acknowledged: 2, tried: 1 });
    seen.people = [{ userId: 'p0', name }];
    seen.audit = Array.from({ length: entries }, () => 'p0');
  };
  expect(findings(tried('second', 2))).toEqual([]);
  expect(findings(tried('third', 3))).toEqual([]);
  expect(findings(tried('third', 2))).toEqual(['partial: user p0 and the audit log disagree about a change']);
  expect(findings(tried('second', 3))).toEqual(['partial: user p0 and the audit log disagree about a change']);
});

describe('lost', () => {
  test('is an acknowledged send that has no receipt, or whose receipt is refused', () => {
    expect(findings(({ receipts }) => receipts.delete('read'))).toContain('lost: read has no receipt');
    const refuse = ({ receipts }: Observation) => receipts.set('read', { refusal: '400 expired' } as never);
    expect(findings(refuse)).toContain('lost: the receipt of read is refused: 400 expired');
  });

  test('is an acknowledged send that is missing in the console, in an inbox, or in a stream', () => {
    const hide = (seen: Observation) => {
      seen.messages = seen.messages.filter(({ name }) => name !== 'read');
    };
    expect(findings(hide)).toContain('lost: read is 0 times in the console');
    expect(findings((seen) => withhold(seen, 'u1', 'read'))).toEqual([
      'lost: read is not in the inbox of u1',
      'lost: the stream of u1 lacks read',
    ]);
  });

  test('is an acknowledged read that is missing in the receipt, the inbox, or the stream', () => {
    const unread = ({ receipts }: Observation) => {
      for (const one of receipts.get('read')?.list ?? []) one.isRead = false;
    };
    expect(findings(unread)).toContain('lost: the receipt of read lacks the read of u0');
    const forget = ({ inboxes }: Observation) =>
      inboxes.set(
        'u0',
        (inboxes.get('u0') ?? []).map((one) => ({ ...one, readAt: null })),
      );
    expect(findings(forget)).toContain('lost: the inbox of u0 lacks the read of read');
    expect(findings((seen) => withoutEvent(seen, 'u0', 'read'))).toContain(
      'lost: the stream of u0 lacks the read of read',
    );
  });

  test('is a read whose time has changed', () => {
    const change = (_: Observation, { readAt }: Ledger) => void readAt.set(readKey('u0', 'read'), 900);
    expect(findings(change)).toEqual(['lost: u0 read read at 900, now at 1000']);
  });

  test('is an acknowledged recall that the receipt, an inbox or a stream does not show', () => {
    const revive = ({ receipts }: Observation) => {
      for (const one of receipts.values()) one.sendStatus = 'SUCCESS';
    };
    expect(findings(revive)).toEqual(['lost: the recall of recalled is lost']);
    const show = ({ inboxes }: Observation) =>
      inboxes.set(
        'u2',
        (inboxes.get('u2') ?? []).map((one) => ({ ...one, recalled: false })),
      );
    expect(findings(show)).toEqual(['lost: the recall of recalled is not in the inbox of u2']);
    expect(findings((seen) => withoutEvent(seen, 'u2', 'recall'))).toContain(
      'lost: the stream of u2 lacks the recall of recalled',
    );
  });

  test('is an acknowledged change of a user, or its entry in the audit log', () => {
    const show = (people: Observation['people']) => (seen: Observation) => {
      seen.people = people;
    };
    expect(findings(show([{ userId: 'p0', name: 'first' }]))).toEqual(['lost: user p0 is first, not second']);
    expect(findings(show([]))).toEqual(['lost: user p0 is null, not second']);
    expect(findings((seen) => void seen.audit.pop())).toEqual(['lost: the audit log has 1 of 2 changes of p0']);
  });
});

describe('doubled', () => {
  test('is a message that is twice in an inbox, or in the inbox of another user', () => {
    const repeat = ({ inboxes }: Observation) => {
      const inbox = inboxes.get('u3') ?? [];
      inboxes.set('u3', [...inbox, ...inbox.slice(-1)]);
    };
    expect(findings(repeat)).toEqual(['doubled: read is 2 times in the inbox of u3']);
    const stray = ({ inboxes }: Observation) => inboxes.set('u9', (inboxes.get('u1') ?? []).slice(-1));
    expect(findings(stray)).toEqual(['doubled: read is in the inbox of u9, to whom it was not sent']);
  });

  test('is a send that is twice in the console, with or without an answer', () => {
    for (const name of ['read', 'unanswered']) {
      const repeat = (seen: Observation) => {
        seen.messages = [...seen.messages, ...seen.messages.filter((one) => one.name === name)];
      };
      expect(findings(repeat)).toEqual([`doubled: ${name} is 2 times in the console`]);
    }
  });

  test('is an event that a stream sends twice, under the same number or the next', () => {
    const repeat = (id: number) => (seen: Observation) => {
      seen.streams.set('u1', [...(seen.streams.get('u1') ?? []), { id, event: 'message', messageId: 'read' }]);
    };
    const twice = 'doubled: the stream of u1 has 2 events message of read';
    expect(findings(repeat(5))).toEqual([twice]);
    expect(findings(repeat(4))).toEqual([twice, 'doubled: the stream of u1 has 4 after 4']);
  });

  test('is a message that no caller sent', () => {
    const change = (_: Observation, { sends }: Ledger) => void sends.delete('unanswered');
    expect(findings(change)).toEqual(['doubled: the console has unanswered (unanswered), which nobody sent']);
  });

  test('is an entry of the audit log for a change that was never requested', () => {
    expect(findings((seen) => void seen.audit.push('p0'))).toEqual(['doubled: the audit log has 3 changes of p0']);
  });
});

describe('stuck', () => {
  test('is a send that stays PROCESSING, with or without an answer', () => {
    const hold = ({ receipts }: Observation) => {
      for (const one of receipts.values()) one.sendStatus = 'PROCESSING';
    };
    expect(findings(hold)).toEqual(['stuck: read stays PROCESSING', 'stuck: recalled stays PROCESSING']);
    const holdUnanswered = ({ messages }: Observation) => {
      for (const one of messages) if (one.name === 'unanswered') one.status = 'processing';
    };
    expect(findings(holdUnanswered)).toEqual(['stuck: unanswered stays PROCESSING, unacknowledged']);
  });
});

describe('partial', () => {
  test('is a send without an answer that has reached one inbox of five', () => {
    const change = (seen: Observation) => {
      for (const userId of users.slice(1)) withhold(seen, userId, 'unanswered');
    };
    expect(findings(change)).toEqual(
      users
        .slice(1)
        .flatMap((userId) => [
          `partial: unanswered is 0 times in the inbox of ${userId}, unacknowledged`,
          `partial: unanswered is 0 times in the stream of ${userId}, unacknowledged`,
        ]),
    );
  });

  test('is a send without an answer that inboxes have and the console lacks', () => {
    const change = (seen: Observation) => {
      seen.messages = seen.messages.filter(({ name }) => name !== 'unanswered');
    };
    expect(findings(change)).toContain('partial: unanswered is 1 times in the inbox of u4, unacknowledged');
  });

  test('is a gap in the numbers of a stream, also at its start', () => {
    const drop = (id: number) => (seen: Observation) =>
      seen.streams.set(
        'u0',
        (seen.streams.get('u0') ?? []).filter((one) => one.id !== id),
      );
    expect(findings(drop(4))).toContain('partial: the stream of u0 has a gap between 3 and 5');
    expect(findings(drop(1))).toContain('partial: the stream of u0 has a gap between 0 and 2');
  });

  test('is a send with a recipient missing', () => {
    const change = ({ receipts }: Observation) => void receipts.get('recalled')?.list.pop();
    expect(findings(change)).toEqual(['partial: recalled to u0,u1,u2,u3,u4 has the recipients u0,u1,u2,u3']);
  });

  test('is a read that no user made, or one on which receipt, inbox, stream and console disagree', () => {
    const read = ({ receipts }: Observation) => {
      for (const one of receipts.get('read')?.list ?? []) one.isRead = true;
    };
    expect(findings(read)).toEqual([
      ...users.slice(1).map((userId) => `partial: ${userId} has read read without doing so`),
      'partial: read has 5 reads, the console counts 1',
    ]);
    expect(findings((seen) => withoutEvent(seen, 'u0', 'read'))).toContain(
      'partial: inbox and stream of u0 disagree about the read of read',
    );
  });
});
