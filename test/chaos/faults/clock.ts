import type { Done } from '../kinds.ts';
import { wait } from '../machine.ts';
import type { World } from '../world.ts';
import { choose, chooseHold } from './choose.ts';

/** Differences between two clocks in seconds: fractions, as on synchronized machines, and minutes, as on others. */
const steps = [-600, -60, -2, -0.5, 0.5, 2, 60, 600];

/** Changes the clock of one process only, and in half of the cases corrects it again. */
export async function clock(world: World): Promise<Done> {
  const member = choose(world, world.members);
  const others = world.members.filter((one) => one !== member);
  for (const other of others) other.setClock(0);
  const step = choose(world, steps);
  const isBack = world.random() < 0.5;
  const hold = chooseHold(world);
  member.setClock(step);
  await wait(hold);
  if (isBack) member.setClock(0);
  return { detail: `clock of ${member.name} by ${step} s${isBack ? `, right again after ${hold} ms` : ''}` };
}
