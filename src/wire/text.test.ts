import { expect, test } from 'vitest';
import { escapeControls, renderPrintableJson } from './text.ts';

// C0, DEL, C1, bidi override, zero width space, line separator, a lone surrogate, a tag character.
const hostile = 'a\u001b[2J\u0007\n\u007f\u009b31m\u202e\u200b\u2028\ud800\u{e0041}z';

test('control and format characters are replaced, so that a text is one line', () => {
  expect(escapeControls(hostile)).toBe('a\ufffd[2J\ufffd\ufffd\ufffd\ufffd31m\ufffd\ufffd\ufffd\ufffd\ufffdz');
});

test('names in other scripts and joined emoji stay unchanged', () => {
  const text = '曲大岳 👩\u200d🚀 محمد می\u200cخواهم';
  expect(escapeControls(text)).toBe(text);
});

test('JSON for a terminal has the same value, with every control and format character escaped', () => {
  const json = renderPrintableJson({ [hostile]: hostile });
  expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
  expect(JSON.parse(json)).toEqual({ [hostile]: hostile });
});
