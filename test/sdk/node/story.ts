/** Runs the cases of expectations.json. */
import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import type { Choice } from '../only.ts';
import { expectLike } from './expect-like.ts';
import { createOperate } from './operate.ts';
import { createSdk, type Fields, failure, isSdkError, type Json } from './sdk.ts';

type Step = {
  readonly call?: string;
  readonly operation?: string;
  readonly path?: readonly string[];
  readonly http?: string;
  readonly form?: string;
  readonly sample?: readonly string[];
  readonly token?: string;
  readonly bearer?: string;
  readonly with?: Fields;
  readonly answers?: Fields;
  readonly fails?: Fields;
  readonly save?: { readonly [name: string]: string };
  readonly repeat?: number;
};

export type Case = Choice & {
  readonly id: string;
  readonly mustFail?: true;
  readonly steps: readonly (string | Step)[];
};

type Table = {
  readonly values: Fields;
  readonly before: readonly string[];
  readonly everyFailure: Fields;
  readonly fragments: { readonly [name: string]: Step };
  readonly cases: readonly Case[];
};

/** The steps of a case and their expected results; the same for every language. */
export const table = JSON.parse(readFileSync(new URL('../expectations.json', import.meta.url), 'utf8')) as Table;

/** Runs one case against the huizhi at `endpoint` (host and port). */
export async function play({ steps }: Case, endpoint: string): Promise<void> {
  const sdk = createSdk(endpoint);
  const operate = createOperate(endpoint);
  const values: Record<string, Json> = { ...table.values };
  const fill = (value: Json) => fillNames(value, values);

  async function attempt(step: Step): Promise<void> {
    const outcome = await runStep(step).then(
      (answers) => ({ answers }),
      (error) => ({ fails: failureOf(error) }),
    );
    expectLike(outcome, fill(expectationOf(step)));
    for (const [name, path] of Object.entries(step.save ?? {})) values[name] = reach(outcome, `answers.${path}`);
  }

  async function runStep(step: Step): Promise<unknown> {
    const fields = fill(step.with ?? {}) as Fields;
    const token = fill(step.token ?? null)?.toString();
    if (step.http) {
      const what = String(fill(step.http));
      return http(endpoint, { ...step, http: what, with: fields }, fill(step.bearer ?? null));
    }
    if (step.sample) return { printed: await printed(...(fill(step.sample) as string[])) };
    if (step.operation) return operate(step.operation, token, fill(step.path ?? []) as string[], fields);
    return sdk[step.call ?? '']?.(token, fields);
  }

  for (const step of [...table.before, ...steps]) await untilMet(stepOf(step), attempt);
}

function stepOf(step: string | Step): Step {
  const found = typeof step === 'string' ? table.fragments[step] : step;
  if (!found) throw new Error(`There is no fragment ${step}`);
  return found;
}

async function untilMet(step: Step, attempt: (step: Step) => Promise<void>): Promise<void> {
  for (let left = (step.repeat ?? 1) - 1; ; left--) {
    try {
      return await attempt(step);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

function expectationOf({ answers = {}, fails }: Step): Fields {
  return fails ? { fails: { ...fails, ...table.everyFailure } } : { answers };
}

function failureOf(error: unknown) {
  if (isSdkError(error)) return failure(error);
  throw error;
}

async function http(endpoint: string, { http: what = '', with: fields, form }: Step, bearer: Json): Promise<unknown> {
  const [method = '', path] = what.split(' ');
  const type = form ? 'multipart/form-data; boundary=part' : 'application/json';
  const headers = { 'content-type': type, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) };
  const body = method === 'GET' ? {} : { body: form ?? JSON.stringify(fields) };
  const answer = await fetch(`http://${endpoint}${path}`, { method, headers, ...body });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** What the program of the how-to page prints. */
async function printed(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const { main } = await import('./read-status.ts');
    await main(...args);
    return log.mock.calls.map((words) => `${words.join(' ')}\n`).join('');
  } finally {
    log.mockRestore();
  }
}

/** Replaces $names with saved values. */
function fillNames(value: Json, values: Fields): Json {
  if (typeof value === 'string') return fillText(value, values);
  if (Array.isArray(value)) return value.map((each) => fillNames(each, values));
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([key, each]) => [fillNames(key, values), fillNames(each, values)]);
  return Object.fromEntries(pairs) as Fields;
}

/** A text that is a name alone gets the value of any type; `${name}` within a text is replaced by a text. */
function fillText(text: string, values: Fields): Json {
  const whole = text.startsWith('$') ? values[text.slice(1)] : undefined;
  return whole ?? text.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

function reach(value: unknown, path: string): Json {
  return path.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], value) as Json;
}
