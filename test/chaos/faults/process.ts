import type { Done } from '../kinds.ts';
import { signal, wait } from '../machine.ts';
import type { World } from '../world.ts';
import { choose, chooseHold, chooseMembers, namesOf } from './choose.ts';

/** One of this many kills is followed by another within this many milliseconds, while the process starts. */
const oneInStart = 5;
const starting = 500;

/** Kills a process and starts it again; the start counts as part of the recovery. */
export async function kill(world: World): Promise<Done> {
  const member = choose(world, world.members);
  const again = world.random() < 1 / oneInStart ? Math.round(world.random() * starting) : undefined;
  await member.kill();
  if (again !== undefined) {
    member.start();
    await wait(again);
    await member.kill();
  }
  member.start();
  const detail = `kill of ${member.name}`;
  return { detail: again === undefined ? detail : `${detail}, and again ${again} ms after its start` };
}

/** Suspends a process, the database, or the proxy between them: nothing reports an error. */
export async function freeze(world: World): Promise<Done> {
  const side = choose(world, world.engine === 'sqlite' ? ['process'] : ['process', 'database', 'network']);
  const members = chooseMembers(world);
  const hold = chooseHold(world);
  const [database] = world.databases;
  if (side === 'database') database?.freeze();
  for (const member of side === 'database' ? [] : members)
    if (side === 'network') member.proxy?.stall();
    else signal(member.pid(), 'SIGSTOP');
  await wait(hold);
  database?.thaw();
  for (const member of members) {
    member.proxy?.resume();
    signal(member.pid(), 'SIGCONT');
  }
  const what = side === 'database' ? 'the database' : `${side} of ${namesOf(members)}`;
  return { detail: `freeze of ${what} for ${hold} ms` };
}
