import { expect, test } from 'vitest';
import { messageKinds } from '../../../src/wire/vendor/messages.ts';
import { fileServer } from '../support/harness.ts';
import { ok, refusal, world } from '../support/world.ts';

const { call, inboxOf, receipt, send, sent, signIn, status, tokenOf } = world(await fileServer());

const buttons = (count: number, title: string, url: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`${title}${i + 1}`, `Button ${i + 1}`],
      [`${url}${i + 1}`, `https://example.com/${i + 1}`],
    ]).flat(),
  );
const missingButtons = (count: number, title: string, url: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`${title}${i + 1}`, 'miss.param.actionCardTobtnsTotitle'],
      [`${url}${i + 1}`, 'miss.param.actionCardTobtnsToactionUrl'],
    ]).flat(),
  );
const card = { title: 'Title', text: 'Text' };
const missingCard = { title: 'miss.param.actionCardTotitle', text: 'miss.param.actionCardTotext' };

type Kind = {
  readonly msgKey: string;
  readonly whole: Readonly<Record<string, string>>;
  /** The error code of each required field. */
  readonly missing: Readonly<Record<string, string>>;
};

/** The thirteen sample kinds of the contract, written independently of the server's own catalogue. */
const samples: readonly Kind[] = [
  { msgKey: 'sampleText', whole: { content: 'Text' }, missing: { content: 'miss.param.contentOfText' } },
  {
    msgKey: 'sampleMarkdown',
    whole: { title: 'Title', text: '# Text' },
    missing: { title: 'miss.param.markdownTotitle', text: 'miss.param.markdownTotext' },
  },
  {
    msgKey: 'sampleImageMsg',
    whole: { photoURL: 'https://example.com/a.png' },
    missing: { photoURL: 'miss.param.photoTophotoUrl' },
  },
  {
    msgKey: 'sampleLink',
    whole: { text: 'Text', title: 'Title', picUrl: 'https://example.com/a.png', messageUrl: 'https://example.com' },
    missing: {
      text: 'miss.param.textOfLink',
      title: 'miss.param.titleOfLink',
      messageUrl: 'miss.param.messageUrlOfLink',
    },
  },
  {
    msgKey: 'sampleActionCard',
    whole: { ...card, singleTitle: 'More', singleURL: 'https://example.com' },
    missing: {
      ...missingCard,
      singleTitle: 'miss.param.actionCardTosingleTitle',
      singleURL: 'miss.param.actionCardTosingleUrl',
    },
  },
  ...[2, 3, 4, 5].map((count) => ({
    msgKey: `sampleActionCard${count}`,
    whole: { ...card, ...buttons(count, 'actionTitle', 'actionURL') },
    missing: { ...missingCard, ...missingButtons(count, 'actionTitle', 'actionURL') },
  })),
  {
    msgKey: 'sampleActionCard6',
    whole: { ...card, ...buttons(2, 'buttonTitle', 'buttonUrl') },
    missing: { ...missingCard, ...missingButtons(2, 'buttonTitle', 'buttonUrl') },
  },
  {
    msgKey: 'sampleAudio',
    whole: { mediaId: '@media', duration: '3000' },
    missing: { mediaId: 'miss.param.audio', duration: 'miss.param.audio' },
  },
  {
    msgKey: 'sampleFile',
    whole: { mediaId: '@media', fileName: 'a.pdf', fileType: 'pdf' },
    missing: { mediaId: 'miss.param.file', fileName: 'miss.param.file', fileType: 'miss.param.file' },
  },
  {
    msgKey: 'sampleVideo',
    whole: { duration: '10', videoMediaId: '@v', videoType: 'mp4', picMediaId: '@p', height: '400', width: '600' },
    missing: { videoMediaId: 'miss.param.video' },
  },
];

/** The official kinds of older programs, each with the sample kind whose fields and template it has. */
const officials: readonly (readonly [msgKey: string, sample: string])[] = [
  ['officialTextMsg', 'sampleText'],
  ['officialMarkdownMsg', 'sampleMarkdown'],
  ['officialImageMsg', 'sampleImageMsg'],
  ['officialActionCardMsg', 'sampleActionCard'],
  ['officialActionCardMsg1', 'sampleActionCard6'],
  ['officialActionCardMsg2', 'sampleActionCard6'],
];

/** All kinds, ordered by number. */
const kinds: readonly Kind[] = [
  ...samples,
  ...officials.flatMap(([msgKey, sample]) =>
    samples.filter((kind) => kind.msgKey === sample).map((kind) => ({ ...kind, msgKey })),
  ),
];

test('there are thirteen sample kinds and six official ones', () => {
  expect(messageKinds.map(({ msgKey }) => msgKey)).toEqual(kinds.map(({ msgKey }) => msgKey));
  expect(kinds).toHaveLength(19);
});

test.each(kinds)('$msgKey is sent and arrives', async ({ msgKey, whole }) => {
  const msgParam = JSON.stringify(whole);
  await sent({ msgKey, msgParam, userIds: ['bob'] });
  const [newest] = (await inboxOf(await signIn('bob'))).messages;
  expect(newest).toMatchObject({ msgKey, msgParam, robotCode: 'robot-one', robotName: 'Name of robot-one' });
});

test.each(kinds)(
  '$msgKey needs each of its required fields, as a text that is not blank',
  async ({ msgKey, whole, missing }) => {
    for (const [field, code] of Object.entries(missing)) {
      const { [field]: _, ...without } = whole;
      for (const value of [undefined, '', ' \n', null, {}, ['x'], true]) {
        const msgParam = JSON.stringify({ ...without, [field]: value });
        expect([field, value, ...refusal(await send({ msgKey, msgParam }))]).toEqual([field, value, 400, code]);
      }
    }
  },
);

test.each(kinds)(
  '$msgKey does without its other fields, and takes fields that nobody knows',
  async ({ msgKey, whole, missing }) => {
    const needed = Object.fromEntries(Object.entries(whole).filter(([field]) => field in missing));
    ok(await send({ msgKey, msgParam: JSON.stringify({ ...needed, extra: { a: [1] } }) }));
  },
);

test('of several missing fields the first of the kind is reported', async () => {
  for (const { msgKey, missing } of kinds) {
    const expected = [400, Object.values(missing)[0]];
    expect(refusal(await send({ msgKey, msgParam: '{}' }))).toEqual(expected);
  }
});

test('a duration may be a number, unless it is negative', async () => {
  ok(await send({ msgKey: 'sampleAudio', msgParam: '{"mediaId":"@m","duration":3000}' }));
  ok(await send({ msgKey: 'sampleVideo', msgParam: '{"videoMediaId":"@m","duration":10,"height":400,"width":600}' }));
  const reply = await send({ msgKey: 'sampleAudio', msgParam: '{"mediaId":"@m","duration":-1}' });
  expect(refusal(reply)).toEqual([400, 'miss.param.audio']);
});

test('a number in any other field counts as missing', async () => {
  expect(refusal(await send({ msgParam: '{"content":7}' }))).toEqual([400, 'miss.param.contentOfText']);
});

test('a field that the object only inherits is missing', async () => {
  const reply = await send({ msgKey: 'sampleText', msgParam: '{"__proto__":{"content":"x"}}' });
  expect(refusal(reply)).toEqual([400, 'miss.param.contentOfText']);
});

test.each(['x', '', '[]', '"text"', '7', 'null', 'true', '{"content":"x"', "{'content':'x'}", '{"content":"a\0b"}'])(
  'msgParam %s is invalidParameter.msgParam.invalid',
  async (msgParam) => {
    expect(refusal(await send({ msgParam }))).toEqual([400, 'invalidParameter.msgParam.invalid']);
  },
);

test.each([
  ['cut in the middle of an emoji', '{"content":"party \\ud83c"}', '{"content":"party \ufffd"}'],
  ['with a NUL escape', '{"content":"a\\u0000b"}', '{"content":"ab"}'],
])('a text %s arrives in a form that can be shown', async (_, msgParam, arrived) => {
  ok(await send({ msgParam }));
  const { messages } = await inboxOf(await signIn('alice'));
  expect(messages[0]).toMatchObject({ msgParam: arrived });
});

test.each([
  'sampletext',
  'SampleText',
  'sampleText ',
  'sampleActionCard1',
  'sampleActionCard7',
  'sampleFeedCard',
  '__proto__',
  'constructor',
])('msgKey %s is unknown, and the message repeats it', async (msgKey) => {
  const reply = await send({ msgKey });
  expect(refusal(reply)).toEqual([400, 'invalidParameter.msgKey.invalid']);
  expect(reply.body.message).toContain(`不支持类型 ${msgKey} ;`);
});

test('a long or malformed msgKey is repeated shortened and well formed', async () => {
  const long = await send({ msgKey: 'x'.repeat(10_000) });
  expect(refusal(long)).toEqual([400, 'invalidParameter.msgKey.invalid']);
  expect(String(long.body.message).length).toBeLessThan(500);
  const body = '{"robotCode":"robot-one","userIds":["alice"],"msgKey":"a\\ud800","msgParam":"{}"}';
  const headers = { 'x-acs-dingtalk-access-token': await tokenOf() };
  const broken = await call('POST', '/v1.0/robot/oToMessages/batchSend', { body, headers });
  expect(refusal(broken)).toEqual([400, 'invalidParameter.msgKey.invalid']);
  expect(String(broken.body.message).isWellFormed()).toBe(true);
});

test.each(officials)('%s follows the template of %s, in a send and in readStatus', async (msgKey, sample) => {
  const msgParam = JSON.stringify(kinds.find((kind) => kind.msgKey === msgKey)?.whole);
  const processQueryKey = await sent({ msgKey, msgParam });
  const setState = (state: string) =>
    call('PUT', '/emulator/v1/templates', { body: { robotCode: 'robot-one', msgKey: sample, state } });
  await setState('stopped');
  expect(refusal(await send({ msgKey, msgParam }))).toEqual([400, 'template.stopped']);
  expect(refusal(await status({ robotCode: 'robot-one', processQueryKey }))).toEqual([400, 'template.stopped']);
  await setState('active');
  await receipt(processQueryKey);
});

test('an official kind has no template of its own', async () => {
  const body = { robotCode: 'robot-one', msgKey: 'officialTextMsg', state: 'stopped' };
  expect(refusal(await call('PUT', '/emulator/v1/templates', { body }))).toEqual([400, 'huizhi.badRequest']);
});
