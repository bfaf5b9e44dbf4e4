import type { World } from '../world.ts';

/** One of a list, by the schedule. */
export function choose<T>({ random }: World, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/** How long a fault lasts, by the schedule: milliseconds, a tenth of the longest time at least. */
export const chooseHold = ({ random, hold }: World) => Math.round(hold * (0.1 + 0.9 * random()));

/** Some processes, by the schedule: one of them or all. */
export function chooseMembers(world: World): World['members'] {
  return world.random() < 0.5 ? [choose(world, world.members)] : world.members;
}

export const namesOf = (members: World['members']) => members.map(({ name }) => name).join(' and ');
