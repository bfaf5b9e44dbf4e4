import { describe, expect, test } from 'vitest';
import { countBytes, findMarked, insertMark, removeMark, splitParts } from './parts.ts';

const picture = (number: number) => ({ mark: `[Image ${number}]`, file: new File(['x'], `${number}.png`) });
const [one, two] = [picture(1), picture(2)];

describe('the marks of pictures in a text', () => {
  test('are inserted at the cursor, which moves behind them', () => {
    expect(insertMark('see this', 4, one.mark)).toEqual({ text: 'see [Image 1] this', cursor: 14 });
    expect(insertMark('', 0, one.mark)).toEqual({ text: '[Image 1] ', cursor: 10 });
    expect(insertMark('a b', 1, one.mark)).toEqual({ text: 'a[Image 1] b', cursor: 11 });
  });

  test('are removed with the blank after them', () => {
    expect(removeMark('a [Image 1] b[Image 1]', one.mark)).toBe('a b');
  });

  test('name the pictures that are sent: a picture whose mark is deleted is not', () => {
    expect(findMarked('[Image 2]', [one, two])).toEqual([two]);
    expect(findMarked('[Image 11]', [one, two])).toEqual([]);
  });
});

describe('a text with marks', () => {
  test('becomes texts and pictures in their order, without blank texts', () => {
    const text = 'before\n[Image 2]\n \n[Image 1] after [Image 2]';
    expect(splitParts(text, [one, two])).toEqual(['before', two.file, one.file, ' after ', two.file]);
    expect(splitParts('[Image 1] ', [one])).toEqual([one.file]);
    expect(splitParts('[Image 3]', [one])).toEqual(['[Image 3]']);
  });

  test('is counted in bytes of UTF-8, with the ids of its pictures', () => {
    expect(countBytes(['é"', one.file])).toBe(`[{"text":"ee\\""},{"mediaId":"${'@'.repeat(33)}"}]`.length);
  });
});
