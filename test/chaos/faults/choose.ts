import type { World } from '../world.ts';

/** Chooses one item of a list, according to the schedule. */
export function choose<T>({ random }: World, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/** How long a fault lasts, according to the schedule: in milliseconds, at least a tenth of the maximum. */
export const chooseHold = ({ random, hold }: World) => Math.round(hold * (0.1 + 0.9 * random()));

/** Chooses one or all of the processes, according to the schedule. */
export function chooseMembers(world: World): World['members'] {
  return world.random() < 0.5 ? [choose(world, world.members)] : world.members;
}

export const namesOf = (members: World['members']) => members.map(({ name }) => name).join(' and ');
