import { robotCode } from '../seed.ts';
import { call, readStatusPath } from './api.ts';
import { bounded, type Figure, plain } from './figure.ts';
import type { Polled } from './polled.ts';
import { percentile } from './stats.ts';

/** Milliseconds between two probes. */
export const probeEvery = 4;

/**
 * Requests receipts at a fixed rate, whether or not the last request is answered, so that a pause shows in every request
 * during it. The first second is not counted. Ends after `count` requests, or when `isDone` returns true.
 */
export async function probe(
  { url, headers }: Pick<Polled, 'url' | 'headers'>,
  nextKey: () => string,
  count: number,
  isDone: () => boolean,
): Promise<readonly number[]> {
  const answers: Promise<number>[] = [];
  const warmUp = 1000 / probeEvery;
  for (let at = performance.now(); answers.length < count + warmUp && !isDone(); at += probeEvery) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
    const asked = call(url + readStatusPath(robotCode, nextKey()), headers);
    answers.push(asked.then(({ status, text, milliseconds }) => (status === 200 ? milliseconds : refuse(text))));
  }
  return (await Promise.all(answers)).slice(warmUp);
}

function refuse(text: string): never {
  throw new Error(`a probe was refused: ${text}`);
}

/** The latencies of probes as figures; `most` bounds the 99th percentile, in milliseconds. */
export function probeFigures(name: string, milliseconds: readonly number[], most?: number): Figure[] {
  const longest = plain(`${name}: 99 % within`, percentile(milliseconds, 0.99), 'ms');
  return [
    plain(`${name}: asked`, milliseconds.length, 'requests'),
    plain(`${name}: half within`, percentile(milliseconds, 0.5), 'ms'),
    most === undefined ? longest : bounded(longest, { bound: 'at most', value: most }),
    plain(`${name}: 99.9 % within`, percentile(milliseconds, 0.999), 'ms'),
    plain(`${name}: longest`, Math.max(...milliseconds), 'ms'),
  ];
}
