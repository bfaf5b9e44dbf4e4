/** Schema builders that huizhi's own APIs share. */
import { z } from 'zod';
import { describeUnknown } from './did-you-mean.ts';
import { durationPattern, parseDuration } from './duration.ts';
import { wireError } from './errors.ts';
import { isCleanText } from './text.ts';

/** A text that can be stored: no NUL, no lone surrogate, at most `longest` UTF-16 code units. */
export function cleanText(longest: number) {
  return z.string().max(longest).refine(isCleanText, 'holds a NUL character or half of a surrogate pair');
}

/** An identifier: corpId, userId, robotCode or appKey. */
export function code() {
  return cleanText(128).min(1);
}

/** A time as epoch milliseconds. */
export function epochMs() {
  return z.int().min(0).max(8_640_000_000_000_000);
}

/** A whole number in a query string; parsed to a number. */
export function queryInteger(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: 'integer', minimum: least, maximum: most });
}

/** `true`, `false`, `1` or `0` in a query string; parsed to a boolean. */
export function queryBoolean() {
  return z
    .enum(['true', 'false', '1', '0'])
    .transform((text) => text === 'true' || text === '1')
    .meta({ type: 'boolean' });
}

/** How a recipient read a message. */
export function readManner() {
  return z.enum(['seen', 'mark']).meta({
    description:
      'seen: all of the message was in view. mark: its end was reached by keyboard or screen reader, or a program marked it read.',
  });
}

const durationHint = 'is not a number with a unit: ms, s, m, h or d, and at most a hundred years';

/** A duration such as `25h`, `90s` or `250ms`; parsed to milliseconds. */
export function duration() {
  return z
    .string()
    .regex(durationPattern, durationHint)
    .transform((text, context) => {
      const milliseconds = parseDuration(text);
      if (milliseconds !== undefined) return milliseconds;
      context.addIssue({ code: 'custom', message: durationHint });
      return z.NEVER;
    });
}

/**
 * A request body or query of huizhi's own APIs. An unknown member is an error, whose message suggests the closest known
 * one.
 */
export function strictObject<const S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? describeUnknown(issue.keys, known) : undefined),
  });
}

/** A duration in a response, as text. */
export function durationText() {
  return z.string().regex(durationPattern);
}

/**
 * Parses a value with a schema. Throws `huizhi.badRequest` with the path and problem of the first invalid field; a
 * problem of the whole value names it as `what`.
 */
export function parseValue<S extends z.ZodType>(schema: S, value: unknown, what = 'the body'): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = selectIssue(result.error.issues);
  const place = issue?.path.join('.') || what;
  const reason = `${place}: ${issue?.message ?? 'is not valid'}`;
  // An unknown name that resembles no known one may be a misplaced secret, which must not reach the log.
  const isUnknown = issue?.code === 'unrecognized_keys' && rankIssue(issue) > 0;
  throw wireError('huizhi.badRequest', { why: isUnknown ? `${place}: an unknown name` : reason, fill: { reason } });
}

type Issue = z.core.$ZodIssue;

// Of a union, reports the issue with the longest path: that branch most likely matches what the caller meant.
function selectIssue(issues: readonly Issue[]): Issue | undefined {
  // An unknown member is reported before a missing one: it is probably the missing one, misspelled.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (first?.code !== 'invalid_union') return first;
  const inner = first.errors.flatMap((branch) => selectIssue(branch) ?? []);
  const [deepest] = inner.sort((a, b) => b.path.length - a.path.length || rankIssue(a) - rankIssue(b));
  return deepest && { ...deepest, path: [...first.path, ...deepest.path] };
}

/** Ranks an issue with a suggestion before others. */
function rankIssue({ message }: Issue): number {
  return message.includes('Did you mean') ? 0 : 1;
}
