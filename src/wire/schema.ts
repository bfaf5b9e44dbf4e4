/** Pieces that the schemas of our own surfaces share. */
import { z } from 'zod';
import { describeUnknown } from './did-you-mean.ts';
import { durationPattern, parseDuration } from './duration.ts';
import { wireError } from './errors.ts';
import { isCleanText } from './text.ts';

/** A text that can be stored: no NUL, no half of a surrogate pair, at most `longest` UTF-16 units. */
export function cleanText(longest: number) {
  return z.string().max(longest).refine(isCleanText, 'holds a NUL character or half of a surrogate pair');
}

/** A code that names something: corpId, userId, robotCode, appKey. */
export function code() {
  return cleanText(128).min(1);
}

/** A time as epoch milliseconds. */
export function epochMs() {
  return z.int().min(0).max(8_640_000_000_000_000);
}

/** A whole number in a query string, as number. */
export function queryInteger(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: 'integer', minimum: least, maximum: most });
}

/** `true`, `false`, `1` or `0` in a query string, as boolean. */
export function queryBoolean() {
  return z
    .enum(['true', 'false', '1', '0'])
    .transform((text) => text === 'true' || text === '1')
    .meta({ type: 'boolean' });
}

/** How a person came to read a message. */
export function readManner() {
  return z.enum(['seen', 'mark']).meta({
    description:
      'seen: all of the message was in view. mark: its end was reached by keyboard or screen reader, or a program marked it read.',
  });
}

const durationHint = 'is not a number with a unit: ms, s, m, h or d, and at most a hundred years';

/** A duration such as `25h`, `90s` or `250ms`, as milliseconds. */
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
 * An object of which every member is known: a body or a query of our own surfaces. A misspelt member is refused, and the refusal names the
 * one that was most likely meant.
 */
export function strictObject<const S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? describeUnknown(issue.keys, known) : undefined),
  });
}

/** A duration in an answer, as text. */
export function durationText() {
  return z.string().regex(durationPattern);
}

/** Parses a value by a schema of our own surfaces; throws `huizhi.badRequest` that names the first field which does not fit. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = telling(result.error.issues) ?? { path: [], message: 'is not valid' };
  const reason = `${path.join('.') || 'the body'}: ${message}`;
  throw wireError('huizhi.badRequest', { why: reason, fill: { reason } });
}

type Issue = z.core.$ZodIssue;

// Of the branches of a union the one that the value fits deepest was most likely meant.
function telling(issues: readonly Issue[]): Issue | undefined {
  // A misspelt member also leaves the right one missing, which would say less.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (first?.code !== 'invalid_union') return first;
  const inner = first.errors.flatMap((branch) => telling(branch) ?? []);
  const [deepest] = inner.sort((a, b) => b.path.length - a.path.length || rank(a) - rank(b));
  return deepest && { ...deepest, path: [...first.path, ...deepest.path] };
}

/** A refusal that suggests a name says more than any other. */
function rank({ message }: Issue): number {
  return message.includes('Did you mean') ? 0 : 1;
}
