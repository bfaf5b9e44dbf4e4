/** The console can write every message kind that batchSend accepts. */
import { expect, test } from 'vitest';
import { checkParam, sampleKinds } from '../../src/wire/vendor/messages.ts';
import { kinds, toMsgParam } from '../../web/console/pages/compose/kinds.ts';

const file = { media: { mediaId: `@${'a'.repeat(32)}`, name: '报告 1.PDF' }, duration: 1499 };

test('every message kind of batchSend can be written, and what is filled in is accepted', () => {
  expect(Object.keys(kinds).toSorted()).toEqual(sampleKinds.map(({ msgKey }) => msgKey).toSorted());
  for (const kind of sampleKinds) {
    const { fields = [] } = kinds[kind.msgKey] ?? {};
    const values = Object.fromEntries(fields.map(({ name }) => [name, `value of ${name}`]));
    const param = toMsgParam(kind.msgKey, values, file);
    expect([kind.msgKey, checkParam(kind, param ?? '')]).toEqual([kind.msgKey, param]);
  }
});

test('a field is optional in the form if it is in the message', () => {
  for (const { msgKey, fields } of sampleKinds) {
    for (const { name, isOptional = false } of kinds[msgKey]?.fields ?? [])
      expect([msgKey, name, !isOptional]).toEqual([
        msgKey,
        name,
        fields.find((field) => field.name === name)?.required,
      ]);
  }
});

test('blank fields, those of other kinds, and unknown kinds have no part in a message', () => {
  expect(toMsgParam('sampleLink', { title: 'a', text: ' ', content: 'other', picUrl: '' }, file)).toBe('{"title":"a"}');
  expect(toMsgParam('sampleText', { title: 'a' }, undefined)).toBeUndefined();
  expect(toMsgParam('sampleNothing', { title: 'a' }, file)).toBeUndefined();
});

test('a file has its name and extension, a recording its length', () => {
  expect(JSON.parse(toMsgParam('sampleFile', {}, file) ?? '')).toMatchObject({
    fileName: '报告 1.PDF',
    fileType: 'pdf',
  });
  expect(JSON.parse(toMsgParam('sampleAudio', {}, file) ?? '')).toMatchObject({ duration: '1499' });
  expect(JSON.parse(toMsgParam('sampleVideo', {}, file) ?? '')).toMatchObject({ duration: '1', videoType: 'mp4' });
  expect(toMsgParam('sampleFile', {}, undefined)).toBeUndefined();
});
