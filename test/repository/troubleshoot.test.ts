/** The pages about troubleshooting name errors and messages that exist. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errcodes } from '../../src/wire/error-table/errcode.ts';
import { errors } from '../../src/wire/errors.ts';
import { pageText, proseOf, root } from '../support/pages.ts';

/** Messages of other programs. */
const foreign = [
  'Connection refused',
  'npm error 404 Not Found',
  'self-signed certificate in certificate chain',
  'certificate verify failed',
  'sorry, too many clients already',
];

const sources = ['src', 'web']
  .flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((path) => join(root, top, path)),
  )
  .filter((path) => /(?<!\.test)\.tsx?$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
  .replaceAll("\\'", "'");

/** What the reader sees, from each row of each table. */
const seenOn = (page: string) =>
  proseOf(page)
    .split('\n')
    .filter((line) => /^\| (?!---|you see|看到什么)/.test(line))
    .map((line) => line.split(' | ')[0]?.replace('| ', '') ?? '');

/** The messages among these: code of several words, and quoted texts; links are codes. */
const messagesOf = (seen: string) =>
  [...seen.replaceAll(/\[[^\]]*\]\([^)]*\)/g, '').matchAll(/`([^`]+)`|"([^"]+)"|“([^”]+)”/g)]
    .map(([, code, quote, chinese]) => code ?? quote ?? chinese ?? '')
    .filter((message) => message.includes(' ') || /[\u4e00-\u9fff]/.test(message))
    .filter((message) => !foreign.includes(message));

/** The parts of a message between those that differ. */
const partsOf = (message: string) =>
  message
    .split('…')
    .map((part) => part.trim().replace(/^: /, ''))
    .filter((part) => part !== '' && part !== ':');

describe.each(['docs/how-to/troubleshoot.md', 'docs/zh/how-to/troubleshoot.md'])('%s', (path) => {
  const page = pageText(path);
  const seen = seenOn(page);

  test('names codes and errcodes that exist', () => {
    const codes = [...page.matchAll(/errors\.md#([^)]+)\)/g)].map(([, code]) => code ?? '');
    const numbers = [...page.matchAll(/`errcode` (-?\d+)/g)].map(([, number]) => number ?? '');
    expect(codes.length).toBeGreaterThan(25);
    expect(numbers.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !Object.hasOwn(errors, code))).toEqual([]);
    expect(numbers.filter((number) => !Object.hasOwn(errcodes, number))).toEqual([]);
  });

  test('names messages that the commands and the pages have', () => {
    const messages = seen.flatMap(messagesOf);
    expect(messages.length).toBeGreaterThan(25);
    const unknown = messages.filter((message) => !partsOf(message).every((part) => sources.includes(part)));
    expect(unknown).toEqual([]);
  });
});
