import { expect, test } from 'vitest';
import type { InboxSearchAnswer } from '../../../src/wire/own/inbox.ts';
import { fileServer } from '../support/harness.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const { call, emulate, freeze, inboxOf, recall, sent, signIn, tokenOf } = world(await fileServer());

const search = async (session: string, query: Readonly<Record<string, string>>) =>
  ok(await call('GET', '/inbox/v1/messages/search', { query, headers: bearer(session) })) as InboxSearchAnswer;
const say = (userId: string, content: string) => sent({ userIds: [userId], msgParam: JSON.stringify({ content }) });
/** What is highlighted in the results of a search of all messages. */
const hits = async (session: string, text: string) =>
  (await search(session, { text, limit: '100' })).messages.map(({ matches }) =>
    matches.flatMap(({ field, excerpt, marks }) =>
      marks.map(({ start, end }) => `${field}: ${excerpt.slice(start, end)}`),
    ),
  );

test('a search returns the message, the positions of the matches, and that all messages were searched', async () => {
  const now = await freeze();
  const session = await signIn('u01');
  await say('u01', 'The lift is out of order.\nUse the stairs.');
  await say('u01', 'Lunch');
  const answer = await search(session, { text: 'STAIRS lift' });
  const [message] = (await inboxOf(session)).messages.slice(1);
  expect(answer).toEqual({
    messages: [
      {
        ...message,
        sentAt: now,
        matches: [
          {
            field: 'text',
            excerpt: 'The lift is out of order. Use the stairs.',
            marks: [
              { start: 4, end: 8 },
              { start: 34, end: 40 },
            ],
          },
        ],
      },
    ],
    cursor: null,
    scannedTo: null,
  });
});

test('case, width and accents are ignored in every script, and JSON escapes are decoded', async () => {
  const session = await signIn('u02');
  await say('u02', 'İSTANBUL ＡＢ１２ 回执 "Straße"');
  for (const text of ['istanbul', 'ab12', 'ＡＢ12', '回执', '"strasse"', 'ISTANBUL 回执']) {
    expect(await hits(session, text), text).toHaveLength(1);
  }
  await sent({ userIds: ['u02'], msgParam: '{"content":"\\u56de\\u6267 escaped"}' });
  expect(await hits(session, '回执')).toEqual([['text: 回执'], ['text: 回执']]);
  for (const text of ['content', '\\u56de', '{', 'u56de']) expect(await hits(session, text), text).toEqual([]);
});

test('URLs and field names are not searched; titles, buttons, files and robots are', async () => {
  const session = await signIn('u03');
  const card = {
    title: 'Approval',
    text: 'See [the form](https://hidden.example/)',
    singleTitle: 'Approve',
    singleURL: 'https://hidden.example/',
  };
  await sent({ userIds: ['u03'], msgKey: 'sampleActionCard', msgParam: JSON.stringify(card) });
  const file = { mediaId: '@hidden', fileName: 'approved.pdf', fileType: 'pdf' };
  await sent({ userIds: ['u03'], msgKey: 'sampleFile', msgParam: JSON.stringify(file) });
  expect(await hits(session, 'appro')).toEqual([['fileName: appro'], ['title: Appro', 'button: Appro']]);
  expect(await hits(session, 'robot-one form')).toEqual([['text: form', 'robotName: robot-one']]);
  for (const text of ['hidden', 'singleURL', 'mediaId']) expect(await hits(session, text), text).toEqual([]);
});

test('recalled messages are never found', async () => {
  const session = await signIn('u04');
  const key = await say('u04', 'a secret');
  expect(await hits(session, 'secret')).toHaveLength(1);
  await recall({ processQueryKeys: [key] });
  expect(await search(session, { text: 'secret' })).toEqual({ messages: [], cursor: null, scannedTo: null });
});

test('messages of colleagues and of other organizations are never found', async () => {
  await say('bob', 'words of bob');
  const body = { robotCode: 'robot-two', userIds: ['alice'], msgParam: '{"content":"words of two"}' };
  await sent(body, await tokenOf('app-two'));
  const two = await signIn('alice', 'corp-two');
  expect(await hits(two, 'words of')).toHaveLength(1);
  expect(await hits(await signIn('alice'), 'words of')).toEqual([]);
  const { cursor } = await search(two, { text: 'words', limit: '1' });
  expect(await search(await signIn('alice'), { text: 'words', cursor: String(cursor) })).toMatchObject({
    messages: [],
  });
});

test('messages of a blocked robot are found as they are in the inbox', async () => {
  const session = await signIn('u05');
  await say('u05', 'before the block');
  ok(await call('PUT', '/inbox/v1/robots/robot-one', { body: { blocked: true }, headers: bearer(session) }));
  expect(await hits(session, 'block')).toHaveLength(1);
});

test('a call searches a bounded number of messages and says how far it came; cursors lead through all of them once', async () => {
  const now = await freeze();
  await say('u06', 'the oldest needle');
  await emulate('POST', 'clock', { advance: '1h' });
  for (let i = 0; i < 1500; i += 50) await Promise.all(Array.from({ length: 50 }, () => say('u06', 'hay')));
  await say('u06', 'the newest needle');
  const session = await signIn('u06');
  const first = await search(session, { text: 'needle' });
  expect(first.messages.map(({ matches }) => matches[0]?.excerpt)).toEqual(['the newest needle']);
  expect(first.scannedTo).toBe(now + 3_600_000);
  const second = await search(session, { text: 'needle', cursor: String(first.cursor) });
  expect(second.messages.map(({ matches }) => matches[0]?.excerpt)).toEqual(['the oldest needle']);
  expect(second).toMatchObject({ cursor: null, scannedTo: null });
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: InboxSearchAnswer = await search(session, {
      text: 'a hay'.slice(2),
      limit: '100',
      ...(cursor === '' ? {} : { cursor }),
    });
    seen.push(...page.messages.map(({ messageId }) => messageId));
    cursor = page.cursor;
  }
  expect([seen.length, new Set(seen).size]).toEqual([1500, 1500]);
}, 120_000);

test('a search without a session, without visible text or with an invalid cursor is refused', async () => {
  const session = await signIn('u07');
  const refused = async (query: Readonly<Record<string, string>>, headers = bearer(session)) =>
    refusal(await call('GET', '/inbox/v1/messages/search', { query, headers }));
  expect(await refused({ text: 'x' }, bearer('nobody'))).toEqual([401, 'huizhi.unauthorized']);
  for (const query of [{}, { text: '' }, { text: ' \u3000' }, { text: '\u200b' }, { text: 'x', cursor: 'y' }]) {
    expect(await refused(query), JSON.stringify(query)).toEqual([400, 'huizhi.badRequest']);
  }
});
