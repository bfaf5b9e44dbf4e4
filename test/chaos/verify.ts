import { createCaller, requestSend } from './calls.ts';
import { check } from './check.ts';
import type { Finding } from './ledger.ts';
import { wait } from './machine.ts';
import type { Member } from './member.ts';
import { observe, SilentError } from './observe.ts';
import type { World } from './world.ts';

/** Milliseconds after a fault within which all interrupted work has to be completed. */
const settleTime = 10_000;

/**
 * Compares what a process shows with the ledger. Until `settleTime` after the fault, differences may be work in
 * progress, so it compares again; later differences are findings.
 */
export async function verify(world: World, member: Member, ended: number): Promise<readonly Finding[]> {
  await repeatSends(world, member);
  for (;;) {
    const isLast = performance.now() > ended + settleTime;
    const findings = await compare(world, member);
    if (findings.length === 0 || isLast) return findings;
    await wait(200);
  }
}

async function compare(world: World, member: Member): Promise<readonly Finding[]> {
  try {
    return check(world.ledger, await observe(world, member));
  } catch (error) {
    if (!(error instanceof SilentError)) throw error;
    return [{ wrong: 'stuck', what: error.message }];
  }
}

/** A send with an idempotency key and no answer is repeated, as its caller would: it must not be there twice. */
async function repeatSends(world: World, member: Member): Promise<void> {
  const caller = createCaller(world);
  const isOpen = (key: string | undefined, repeatable: boolean) => key === undefined && repeatable;
  for (const send of world.ledger.sends.values())
    if (isOpen(send.key, send.repeatable)) await requestSend(world, caller, member, send);
  caller.close();
}
