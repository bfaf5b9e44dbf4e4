import type { Done } from '../kinds.ts';
import { wait } from '../machine.ts';
import type { World } from '../world.ts';
import { choose, chooseHold, chooseMembers, namesOf } from './choose.ts';

/** Cuts the connections to the database, and sometimes refuses new ones for a while. */
export async function cut(world: World): Promise<Done> {
  const members = chooseMembers(world);
  const how = choose(world, ['reset', 'end'] as const);
  const hold = world.random() < 0.5 ? chooseHold(world) : 0;
  let count = 0;
  for (const { proxy } of members) {
    if (!proxy) continue;
    proxy.refuses = hold > 0;
    count += proxy.cut(how);
  }
  await wait(hold);
  for (const { proxy } of members) if (proxy) proxy.refuses = false;
  return { detail: `${how} of ${count} connections of ${namesOf(members)}, none for ${hold} ms` };
}

/** The most commits that pass before the one whose answer is swallowed, and the milliseconds within which one has to come. */
const mostPassed = 20;
const patience = 10_000;

/** Lets a commit happen and swallows its answer: the process cannot know whether it did. */
export async function commit(world: World): Promise<Done> {
  const { name, proxy } = choose(world, world.members);
  const pause = Math.round(world.random() * mostPassed);
  await wait(pause);
  const swallowed = proxy?.swallowCommit();
  const late = wait(patience).then(() => Promise.reject(new Error(`${name} committed nothing in ${patience} ms`)));
  await Promise.race([swallowed, late]);
  late.catch(() => {});
  return { detail: `the answer to a commit of ${name} swallowed` };
}
