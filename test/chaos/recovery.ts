import { createCaller, requestSend } from './calls.ts';
import { confirmSend, recordSend } from './load.ts';
import { wait } from './machine.ts';
import type { Member } from './member.ts';
import type { World } from './world.ts';

/** Milliseconds after which a process that serves no request counts as stuck, and between two attempts. */
const patience = 30_000;
const interval = 100;

/** Resolves with the milliseconds since `ended` when every process has acknowledged a send and returned its receipt. */
export async function measureRecovery(world: World, ended: number): Promise<number> {
  const times = world.members.map((member) => recovers(world, member, ended));
  return Math.max(...(await Promise.all(times)));
}

/** Attempts overlap, as those of many callers do: one that hangs does not delay the others. */
async function recovers(world: World, member: Member, ended: number): Promise<number> {
  const passed = () => performance.now() - ended;
  const attempts: Promise<void>[] = [];
  const first = Promise.withResolvers<number>();
  let recovered: number | undefined;
  const attempt = async () => {
    if (!(await isServed(world, member))) return;
    recovered ??= passed();
    first.resolve(recovered);
  };
  while (recovered === undefined && passed() < patience) {
    if (member.url() !== undefined) attempts.push(attempt());
    await Promise.race([first.promise, wait(interval)]);
  }
  if (recovered === undefined) {
    const what = `${member.name} serves nobody ${patience} ms after the fault: ${member.tail()}`;
    world.ledger.findings.push({ wrong: 'stuck', what });
  }
  await Promise.all(attempts);
  return recovered ?? passed();
}

async function isServed(world: World, member: Member): Promise<boolean> {
  const caller = createCaller(world);
  try {
    const send = recordSend(world);
    return (await requestSend(world, caller, member, send)) && (await confirmSend(world, caller, member, send));
  } finally {
    caller.close();
  }
}
