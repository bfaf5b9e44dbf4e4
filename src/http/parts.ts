import type { Context } from '../core/context.ts';
import type { Controls } from '../core/dev/controls.ts';
import type { Setup } from '../core/setup.ts';
import type { EmulatorWaits } from './own/emulator-waits.ts';
import type { Operations } from './own/health.ts';
import type { AccessLog } from './server/access-log.ts';
import type { BodyLimits } from './server/body/bodies.ts';
import type { UploadLimits } from './server/body/uploads.ts';
import type { Observe, ObserveRefusal } from './server/listener.ts';
import type { RequestIds } from './server/request-id.ts';

/** What the HTTP application is made of. */
export type AppParts = {
  readonly context: Context;
  readonly operations: Operations;
  readonly observe: Observe;
  readonly observeRefusal: ObserveRefusal;
  /** Logs each answered request; absent if the access log is off. */
  readonly access?: AccessLog;
  /** Generates request ids; random ones if absent. */
  readonly requestIds?: RequestIds;
  /** Host names that are accepted in addition to those of the loopback interface; if absent, every name is accepted. */
  readonly trustedHosts?: readonly string[] | undefined;
  readonly bodyLimits?: Partial<BodyLimits>;
  readonly uploadLimits?: Partial<UploadLimits>;
  /** Present only in the emulator. */
  readonly emulator?: {
    readonly controls: Controls;
    readonly setup: Setup;
    readonly waits: EmulatorWaits;
  };
};
