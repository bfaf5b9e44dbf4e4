import type { Done } from '../kinds.ts';
import { until, wait } from '../machine.ts';
import type { World } from '../world.ts';
import { choose, chooseHold, chooseMembers, namesOf } from './choose.ts';

/** Closes the connections to the database, and sometimes refuses new ones for a while. */
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

/**
 * Maximum number of commits of one fault whose responses are dropped, and the milliseconds within which each has to
 * occur.
 */
const mostCommits = 5;
const patience = 10_000;

/** Lets some commits succeed and drops their responses, so that the process cannot know the outcome. */
export async function commit(world: World): Promise<Done> {
  const { name, proxy } = choose(world, world.members);
  const count = 1 + Math.floor(world.random() * mostCommits);
  for (let i = 0; i < count; i++) {
    let isSwallowed = false;
    void proxy?.swallowCommit().then(() => {
      isSwallowed = true;
    });
    await until(`a commit of ${name}`, () => isSwallowed, patience);
  }
  return { detail: `the answers to ${count} commits of ${name} swallowed` };
}
