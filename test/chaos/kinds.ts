import { clock } from './faults/clock.ts';
import { connections, databaseKill, databaseRestart, lock, promotion } from './faults/database.ts';
import { disk } from './faults/disk.ts';
import { commit, cut } from './faults/network.ts';
import { freeze, kill } from './faults/process.ts';
import type { Tool } from './tools.ts';
import type { Needs, World } from './world.ts';

export const engines = ['sqlite', 'postgres'] as const;
export type Engine = (typeof engines)[number];

/** The effects of a fault, and what has to be undone before the next one. */
export type Done = { readonly detail: string; readonly restore?: () => Promise<void> };

/** Injects a fault and resolves when it is over; the recovery is measured from there. */
export type Fault = (world: World) => Promise<Done>;

export type Kind = {
  readonly name: string;
  readonly engines: readonly Engine[];
  readonly inject: Fault;
  readonly needs?: Needs;
  readonly tools?: readonly Tool[];
  /** Engines on which the kind is part of the short run in `npm test`. */
  readonly short: readonly Engine[];
};

/** All kinds of faults. Only this table says which of them belong to the short run. */
export const kinds = [
  { name: 'kill', engines, inject: kill, short: engines },
  { name: 'freeze', engines, inject: freeze, short: engines },
  { name: 'disk', engines: ['sqlite'], inject: disk, needs: { disk: true }, tools: ['prlimit'], short: ['sqlite'] },
  { name: 'clock', engines, inject: clock, needs: { clocks: true }, tools: ['faketime'], short: engines },
  { name: 'database-kill', engines: ['postgres'], inject: databaseKill, short: ['postgres'] },
  { name: 'database-restart', engines: ['postgres'], inject: databaseRestart, short: [] },
  { name: 'cut', engines: ['postgres'], inject: cut, short: ['postgres'] },
  { name: 'commit', engines: ['postgres'], inject: commit, short: ['postgres'] },
  { name: 'lock', engines: ['postgres'], inject: lock, short: ['postgres'] },
  { name: 'connections', engines: ['postgres'], inject: connections, short: ['postgres'] },
  { name: 'promotion', engines: ['postgres'], inject: promotion, needs: { standby: 'behind-proxy' }, short: [] },
  { name: 'promotion-hosts', engines: ['postgres'], inject: promotion, needs: { standby: 'by-address' }, short: [] },
] as const satisfies readonly Kind[];

export type KindName = (typeof kinds)[number]['name'];
export const kindNames: readonly KindName[] = kinds.map(({ name }) => name);

/** Combines several kinds into one whose faults alternate on one installation. They must need nothing else. */
export function mixKinds(engine: Engine, mixed: readonly Kind[]): Kind {
  let next = 0;
  const inject: Fault = (world) => {
    const kind = mixed[next++ % mixed.length];
    if (!kind) throw new Error('no kinds to mix');
    return kind.inject(world);
  };
  return { name: mixed.map(({ name }) => name).join(), engines: [engine], inject, short: [] };
}
