import type { Store } from '../../store/store.ts';
import { createRandomBytes, createSeededBytes } from '../access/random.ts';
import type { Clock } from '../clock.ts';
import type { Notifications } from '../cluster/notifications.ts';
import type { Meters } from '../context.ts';
import type { Controls } from '../dev/controls.ts';
import { createPushEmulation } from '../dev/stream.ts';
import type { Log } from '../log.ts';
import type { StreamTimes } from './connection.ts';
import { openStreamHub, type StreamHub } from './hub.ts';

/** The hub's surroundings. Without a seed, identifiers are unpredictable. */
type Surroundings = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifications: Notifications;
  /** Present in the emulator only. It does not wait for clients when it stops. */
  readonly controls: Controls | undefined;
  readonly seed: string | undefined;
  readonly meters: Pick<Meters, 'count' | 'observe'>;
};

/** `repeat`: whether robot messages without an answer are sent once more. `lifetime` of a connection in milliseconds. */
type HubOptions = {
  readonly repeat: boolean;
  readonly lifetime: number;
  readonly times: Partial<StreamTimes> | undefined;
};

/** Opens the hub of Stream connections of a process. */
export function openHub(
  { store, clock, log, notifications, controls, seed, meters }: Surroundings,
  { repeat, lifetime, times }: HubOptions,
): StreamHub {
  return openStreamHub({
    clock,
    repeat,
    lifetime,
    bytes: seed === undefined ? createRandomBytes : createSeededBytes(`stream ${seed}`).next,
    times: { ...(controls ? { leave: 0 } : {}), ...times },
    shared: store.driver.exclusive ? undefined : { store, publish: notifications.stream, log },
    emulation: controls && createPushEmulation(controls),
    onPushed(type, outcome, took) {
      meters.count('huizhi_stream_pushes_total', { type, outcome });
      if (outcome === 'answered') meters.observe('huizhi_stream_push_duration_seconds', { type }, took / 1000);
    },
  });
}
