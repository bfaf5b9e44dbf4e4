import { expect, test } from 'vitest';
import { perDay } from '../../store/engine/partitions.ts';
import type { OrganizationEvent } from '../../store/events.ts';
import { createProgress } from './progress.ts';

const event = (offset: number, kind: OrganizationEvent['event'] = 'read'): OrganizationEvent => ({
  ...{ offset, seq: offset % perDay, event: kind, messageId: 1, at: 0, userId: undefined, manner: null },
  message: undefined,
  change: undefined,
});
const offsets = (events: readonly OrganizationEvent[]) => events.map(({ offset }) => offset);

test('the position passes an event once it and all before it were tried', () => {
  const progress = createProgress(0, () => true);
  expect(offsets(progress.add([event(1), event(2), event(3)]))).toEqual([1, 2, 3]);
  progress.done(2);
  expect(progress.position()).toBe(0);
  progress.done(1);
  expect(progress.position()).toBe(2);
  progress.done(3);
  expect([progress.position(), progress.readTo()]).toEqual([3, 3]);
});

test('events that are not wanted move the position alone', () => {
  const progress = createProgress(5, ({ event: kind }) => kind === 'read');
  expect(offsets(progress.add([event(6, 'sent'), event(7), event(8, 'delivered')]))).toEqual([7]);
  expect(progress.position()).toBe(6);
  progress.done(7);
  expect(progress.position()).toBe(8);
  expect(progress.takeDropped()).toBe(0);
});

test('events that were removed are counted, one by one or with their days', () => {
  const progress = createProgress(3, () => true);
  expect(offsets(progress.add([event(4, 'removed'), event(perDay + 7)]))).toEqual([perDay + 7]);
  expect(progress.takeDropped()).toBe(3);
  expect(progress.takeDropped()).toBe(0);
});
