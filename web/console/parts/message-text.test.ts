import { describe, expect, test } from 'vitest';
import { en } from '../texts/en.ts';
import { cardIdOf, headingOf, indentJson, summaryOf, titleOf } from './message-text.ts';

describe('the summary of a msgParam', () => {
  test.each([
    ['{"title":"Title","content":"Content"}', 'Title'],
    ['{"title":"  \\n","content":"Content"}', 'Content'],
    ['{"content":"two\\n\\n  lines\\u2003here "}', 'two lines here'],
    ['{"title":7,"text":["no"],"fileName":"a.pdf"}', 'a.pdf'],
    ['{"title":"","markdown":"## Card"}', '## Card'],
    ['{"head":{"text":"Head"},"body":{"title":"Body"}}', 'Body'],
    ['{"head":{"text":"Head"},"body":null}', 'Head'],
    ['{"links":[{"title":"First"},{"title":"Second"}]}', 'First'],
    ['{"links":[]}', ''],
    ['{}', ''],
    ['null', ''],
    ['[]', ''],
    ['"text"', ''],
    ['{"title":', ''],
    ['', ''],
  ])('of %s is "%s"', (msgParam, summary) => {
    expect(summaryOf(msgParam)).toBe(summary);
  });

  test('is empty for a recalled message and has at most 200 characters', () => {
    expect(summaryOf(null)).toBe('');
    expect(summaryOf(JSON.stringify({ title: 'x'.repeat(100_000) }))).toHaveLength(200);
  });
});

test('a heading has at most 60 characters of a text, and cuts no emoji in two', () => {
  expect(headingOf('short')).toBe('short');
  expect(headingOf('😀'.repeat(61))).toBe(`${'😀'.repeat(60)}…`);
});

test('a conversation of two people, which has no title, is named by its kind', () => {
  const openConversationId = 'cid==';
  expect(titleOf({ openConversationId, title: 'Team', kind: 'group' }, en)).toBe('Team');
  expect(titleOf({ openConversationId, title: '', kind: 'private' }, en)).toBe('Conversation of two');
});

describe('indented JSON', () => {
  test('has two spaces for each level, and other text stays as it is', () => {
    expect(indentJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(indentJson('{"a":')).toBe('{"a":');
    expect(indentJson('not JSON')).toBe('not JSON');
  });

  test('of deep JSON stays on one line, since the indents of 10,000 levels would have 100 million characters', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect(indentJson(deep)).toBe(deep);
  });

  test('counts no brackets in strings as levels', () => {
    const json = JSON.stringify({ text: '[{'.repeat(100), quoted: '\\"[' });
    expect(indentJson(json)).toContain('\n  "text"');
  });

  test('is cut after 100,000 characters', () => {
    const text = indentJson(JSON.stringify({ text: 'x'.repeat(200_000) }));
    expect(text).toHaveLength(100_001);
    expect(text.endsWith('…')).toBe(true);
  });
});

test('only an interactive card that is not recalled has a card', () => {
  const msgParam = '{"cardId":"c1","title":"x"}';
  expect(cardIdOf({ msgKey: 'interactiveCard', msgParam })).toBe('c1');
  expect(cardIdOf({ msgKey: 'sampleMarkdown', msgParam })).toBe(undefined);
  expect(cardIdOf({ msgKey: 'interactiveCard', msgParam: null })).toBe(undefined);
});
