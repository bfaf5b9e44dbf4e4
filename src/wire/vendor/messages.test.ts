import { expect, test } from 'vitest';
import type { ErrorCode, WireError } from '../errors.ts';
import { maxParamBytes } from '../limits.ts';
import { checkParam, findKind, findKindByNumber, type MessageKind, messageKinds, sampleKinds } from './messages.ts';

type Param = Readonly<Record<string, unknown>>;

const card = { title: 't', text: 'x' };

/** For each kind: a complete msgParam in the vendor's form, and the error code of each missing required field. */
const contract: {
  readonly [msgKey: string]: readonly [param: Param, missing: { readonly [field: string]: ErrorCode }];
} = {
  sampleText: [{ content: 'Hello' }, { content: 'miss.param.contentOfText' }],
  sampleMarkdown: [
    { title: 't', text: '# x' },
    { title: 'miss.param.markdownTotitle', text: 'miss.param.markdownTotext' },
  ],
  sampleImageMsg: [{ photoURL: '@lADPDe' }, { photoURL: 'miss.param.photoTophotoUrl' }],
  sampleLink: [
    { text: 'x', title: 't', picUrl: 'https://example.com/p.png', messageUrl: 'https://example.com' },
    { text: 'miss.param.textOfLink', title: 'miss.param.titleOfLink', messageUrl: 'miss.param.messageUrlOfLink' },
  ],
  sampleActionCard: [
    { ...card, singleTitle: 'Open', singleURL: 'https://example.com' },
    {
      ...cardCodes(),
      singleTitle: 'miss.param.actionCardTosingleTitle',
      singleURL: 'miss.param.actionCardTosingleUrl',
    },
  ],
  sampleActionCard2: buttons(2, 'actionTitle', 'actionURL'),
  sampleActionCard3: buttons(3, 'actionTitle', 'actionURL'),
  sampleActionCard4: buttons(4, 'actionTitle', 'actionURL'),
  sampleActionCard5: buttons(5, 'actionTitle', 'actionURL'),
  sampleActionCard6: buttons(2, 'buttonTitle', 'buttonUrl'),
  sampleAudio: [
    { mediaId: '@IR_P', duration: '6000' },
    { mediaId: 'miss.param.audio', duration: 'miss.param.audio' },
  ],
  sampleFile: [
    { mediaId: '@lAz', fileName: 'a.xlsx', fileType: 'xlsx' },
    { mediaId: 'miss.param.file', fileName: 'miss.param.file', fileType: 'miss.param.file' },
  ],
  sampleVideo: [
    { duration: '60', videoMediaId: '@lAv', videoType: 'mp4', picMediaId: '@lAp', height: '400', width: '600' },
    { videoMediaId: 'miss.param.video' },
  ],
  officialTextMsg: [{ content: 'Hello' }, { content: 'miss.param.contentOfText' }],
  officialMarkdownMsg: [
    { title: 't', text: '# x' },
    { title: 'miss.param.markdownTotitle', text: 'miss.param.markdownTotext' },
  ],
  officialImageMsg: [{ photoURL: '@lADPDe' }, { photoURL: 'miss.param.photoTophotoUrl' }],
  officialActionCardMsg: [
    { ...card, singleTitle: 'Open', singleURL: 'https://example.com' },
    {
      ...cardCodes(),
      singleTitle: 'miss.param.actionCardTosingleTitle',
      singleURL: 'miss.param.actionCardTosingleUrl',
    },
  ],
  officialActionCardMsg1: buttons(2, 'buttonTitle', 'buttonUrl'),
  officialActionCardMsg2: buttons(2, 'buttonTitle', 'buttonUrl'),
};

function cardCodes(): { readonly [field: string]: ErrorCode } {
  return { title: 'miss.param.actionCardTotitle', text: 'miss.param.actionCardTotext' };
}

function buttons(count: number, title: string, url: string): readonly [Param, { readonly [field: string]: ErrorCode }] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const param = Object.fromEntries(
    numbers.flatMap((n) => [
      [title + n, `Button ${n}`],
      [url + n, 'https://example.com'],
    ]),
  );
  const codes = numbers.flatMap((n): [string, ErrorCode][] => [
    [title + n, 'miss.param.actionCardTobtnsTotitle'],
    [url + n, 'miss.param.actionCardTobtnsToactionUrl'],
  ]);
  return [
    { ...card, ...param },
    { ...cardCodes(), ...Object.fromEntries(codes) },
  ];
}

function kind(msgKey: string): MessageKind {
  const found = findKind(msgKey);
  if (!found) throw new Error(`no kind ${msgKey}`);
  return found;
}

/** Returns the error code of a msgParam, or undefined if it is valid. */
function refusal(msgKey: string, param: unknown): ErrorCode | undefined {
  try {
    checkParam(kind(msgKey), typeof param === 'string' ? param : JSON.stringify(param));
    return undefined;
  } catch (error) {
    return (error as WireError).code;
  }
}

test('the sample kinds are numbered from 1, the official kinds from 20, each with a contract in this file', () => {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 20, 21, 22, 23, 24, 25];
  expect(messageKinds.map((each) => each.number)).toEqual(numbers);
  expect(messageKinds.map((each) => each.msgKey)).toEqual(Object.keys(contract));
});

test('a kind is found by its key, case-sensitively, and by its number', () => {
  expect(findKind('sampleText')?.number).toBe(1);
  expect(['sampletext', 'toString', ''].map(findKind)).toEqual([undefined, undefined, undefined]);
  for (const each of messageKinds) expect(findKindByNumber(each.number)).toBe(each);
  expect(() => findKindByNumber(0)).toThrow(RangeError);
  for (const number of [14, 19, 26]) expect(() => findKindByNumber(number)).toThrow(RangeError);
});

test('an official kind uses the template of a sample kind, and a sample kind its own', () => {
  const templates = messageKinds.slice(13).map(({ template }) => findKindByNumber(template).msgKey);
  const cards = ['sampleActionCard', 'sampleActionCard6', 'sampleActionCard6'];
  expect(templates).toEqual(['sampleText', 'sampleMarkdown', 'sampleImageMsg', ...cards]);
  for (const { number, template } of sampleKinds) expect(template).toBe(number);
});

for (const [msgKey, [param, missing]] of Object.entries(contract)) {
  test(`${msgKey} accepts the vendor's fields, and also its required ones alone`, () => {
    expect(refusal(msgKey, param)).toBeUndefined();
    expect(refusal(msgKey, { ...param, unknown: { deep: [1] } })).toBeUndefined();
    const requiredOnly = Object.fromEntries(Object.entries(param).filter(([name]) => name in missing));
    expect(refusal(msgKey, requiredOnly)).toBeUndefined();
  });

  test.each(Object.entries(missing))(`${msgKey} without %s is refused with %s`, (field, code) => {
    const { [field]: _, ...rest } = param;
    expect(refusal(msgKey, rest)).toBe(code);
    for (const bad of [null, '', ' \n', true, ['x'], { x: 1 }, -1]) {
      expect(refusal(msgKey, { ...param, [field]: bad }), JSON.stringify(bad)).toBe(code);
    }
  });
}

test('the error names the first missing field in the order of the kind', () => {
  expect(refusal('sampleActionCard', {})).toBe('miss.param.actionCardTotitle');
  expect(refusal('sampleActionCard3', { ...card, actionTitle1: 'a' })).toBe('miss.param.actionCardTobtnsToactionUrl');
});

test('a duration may be a number, a text may not', () => {
  expect(refusal('sampleAudio', { mediaId: '@IR_P', duration: 6000 })).toBeUndefined();
  expect(refusal('sampleAudio', { mediaId: '@IR_P', duration: 0 })).toBeUndefined();
  expect(refusal('sampleAudio', '{"mediaId":"@IR_P","duration":1e999}')).toBe('miss.param.audio');
  expect(refusal('sampleText', { content: 7 })).toBe('miss.param.contentOfText');
});

test('an optional field may be absent, null, a string or a number, and nothing else', () => {
  const link = { text: 'x', title: 't', messageUrl: 'https://example.com' };
  for (const picUrl of [undefined, null, '', 'https://example.com/p.png', 5]) {
    expect(refusal('sampleLink', { ...link, picUrl })).toBeUndefined();
  }
  for (const picUrl of [{}, [], false]) {
    expect(refusal('sampleLink', { ...link, picUrl })).toBe('invalidParameter.msgParam.invalid');
  }
});

test.each(['', 'hello', '{"content":"x"', '[]', '["content"]', 'null', '7', '"text"', '{"content":"x"}x'])(
  'a msgParam %j that is not the text of a JSON object is refused',
  (param) => expect(refusal('sampleText', param)).toBe('invalidParameter.msgParam.invalid'),
);

test.each([
  ['a NUL in a field', '{"content":"a\\u0000b"}', '{"content":"ab"}'],
  ['half of a surrogate pair in a field', '{"content":"x\\ud83c"}', '{"content":"x\ufffd"}'],
  ['the second half alone', '{"content":"\\uDF89x"}', '{"content":"\ufffdx"}'],
  ['two first halves', '{"content":"\\ud83c\\ud83c\\udf89"}', '{"content":"\ufffd\\ud83c\\udf89"}'],
  ['half of a surrogate pair in the text itself', '{"content":"x\ud83d"}', '{"content":"x\ufffd"}'],
  ['a name and a nested text', '{"content":"x","a\\u0000":["\\ud800"]}', '{"content":"x","a":["\ufffd"]}'],
  ['a whole pair', '{"content":"\\ud83c\\udf89"}', '{"content":"\\ud83c\\udf89"}'],
  ['an escaped backslash', '{"content":"\\\\u0000 \\\\ud800"}', '{"content":"\\\\u0000 \\\\ud800"}'],
  ['another escape', '{"content":"\\u4f60\\n"}', '{"content":"\\u4f60\\n"}'],
])('%s is stored in a form that can be displayed', (_, param, stored) => {
  expect(checkParam(kind('sampleText'), param)).toBe(stored);
  expect(JSON.parse(stored)).toBeTypeOf('object');
});

test('a string of NULs counts as missing, and a NUL outside a string is invalid JSON', () => {
  expect(refusal('sampleText', '{"content":"\\u0000"}')).toBe('miss.param.contentOfText');
  expect(refusal('sampleText', '{"content":"x"\\u0000}')).toBe('invalidParameter.msgParam.invalid');
  expect(refusal('sampleText', '{"content":"a\0b"}')).toBe('invalidParameter.msgParam.invalid');
});

test('the size is counted after the replacement of characters that cannot be stored', () => {
  const room = maxParamBytes - Buffer.byteLength('{"content":""}');
  expect(refusal('sampleText', `{"content":"${'\\u0000'.repeat(9000)}${'x'.repeat(room)}"}`)).toBeUndefined();
  expect(refusal('sampleText', `{"content":"${'\\ud800'.repeat(room / 3 + 1)}"}`)).toBe(
    'invalidParameter.msgParam.tooLong',
  );
});

test('the size of a msgParam is counted in bytes of UTF-8, and 15,000 are allowed', () => {
  const ofBytes = (bytes: number, character: string) => {
    const room = bytes - Buffer.byteLength('{"content":""}');
    const count = Math.floor(room / Buffer.byteLength(character));
    return `{"content":"${character.repeat(count)}${'x'.repeat(room - count * Buffer.byteLength(character))}"}`;
  };
  for (const character of ['x', 'é', '回', '😀']) {
    expect(Buffer.byteLength(ofBytes(maxParamBytes, character))).toBe(maxParamBytes);
    expect(refusal('sampleText', ofBytes(maxParamBytes, character))).toBeUndefined();
    expect(refusal('sampleText', ofBytes(maxParamBytes + 1, character))).toBe('invalidParameter.msgParam.tooLong');
  }
});

test('the form is checked before the size, and the size before the fields', () => {
  expect(refusal('sampleText', 'x'.repeat(maxParamBytes + 1))).toBe('invalidParameter.msgParam.invalid');
  expect(refusal('sampleText', { other: 'x'.repeat(maxParamBytes) })).toBe('invalidParameter.msgParam.tooLong');
});

test('a deeply nested msgParam is refused, however long it is', () => {
  for (const depth of [64, 100_000]) {
    const nested = `{"content":"x","more":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(refusal('sampleText', nested)).toBe('invalidParameter.msgParam.invalid');
  }
});
