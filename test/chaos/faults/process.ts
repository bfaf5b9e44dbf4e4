import type { Done } from '../kinds.ts';
import { signal, wait } from '../machine.ts';
import type { World } from '../world.ts';
import { choose, chooseHold, chooseMembers, namesOf } from './choose.ts';

/** Of so many kills one is followed by another while the process starts, within so many milliseconds. */
const oneInStart = 5;
const starting = 500;

/** Kills a process and starts it again; the recovery contains the start. */
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

/** Stops a process, the database or what passes between them, without an error that anybody would see. */
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
