import type { InboxDing, InboxDingsAnswer } from '../../../src/client/answers.ts';
import { call } from '../../shared/call.ts';
import { createReads, dingReads, type KeptReads } from './reads.ts';
import type { State } from './state.ts';

/** The DINGs on top of the inbox, newest first. A read one stays until the user dismisses it. */
export type Dings = {
  /** Loads the unread DINGs. */
  load(): Promise<readonly InboxDing[]>;
  /** Applies loaded DINGs. DINGs that were read on this page stay. */
  loaded(fresh: readonly InboxDing[]): void;
  arrived(ding: InboxDing): void;
  read(news: { readonly dingId: string; readonly readAt: number }): void;
  recalled(news: { readonly dingId: string }): void;
  /** Reports a read to the server. */
  markRead: ReturnType<typeof createReads>['add'];
  /** Removes a DING from the page, and marks it read. */
  dismiss(dingId: string): void;
  close(): void;
};

type Cell = { state(): State; set(next: State): void };

/**
 * Creates the part of the store that has the DINGs. `onSignedOut` is called when the session has ended; `kept` are the
 * reads that wait for the server.
 */
export function createDings({ state, set }: Cell, onSignedOut: () => void, kept: KeptReads): Dings {
  const reads = createReads(onSignedOut, dingReads, kept);
  /** The DINGs that were read on this page; one that was read elsewhere disappears. */
  const own = new Set<string>();
  const dismissed = new Set<string>();
  const update = (dings: readonly InboxDing[]) => set({ ...state(), dings });
  const without = (dingId: string) => state().dings.filter((one) => one.dingId !== dingId);
  const markRead: Dings['markRead'] = (dingId, manner) => {
    own.add(dingId);
    reads.add(dingId, manner);
  };
  const load = async () => (await call<InboxDingsAnswer>('GET', '/inbox/v1/dings?limit=100')).dings;
  const loaded = (fresh: readonly InboxDing[]) => {
    const ids = new Set(fresh.map(({ dingId }) => dingId));
    const kept = state().dings.filter((one) => own.has(one.dingId) && !ids.has(one.dingId));
    update([...fresh.filter(({ dingId }) => !dismissed.has(dingId)), ...kept].toSorted((a, b) => b.sentAt - a.sentAt));
  };
  return {
    load,
    loaded,
    arrived(ding) {
      if (dismissed.has(ding.dingId) || state().dings.some(({ dingId }) => dingId === ding.dingId)) return;
      set({ ...state(), dings: [ding, ...state().dings], newestDing: ding });
    },
    read({ dingId, readAt }) {
      if (!own.has(dingId)) return update(without(dingId));
      update(state().dings.map((one) => (one.dingId === dingId ? { ...one, readAt } : one)));
    },
    recalled({ dingId }) {
      const newest = state().newestDing;
      set({ ...state(), dings: without(dingId), newestDing: newest?.dingId === dingId ? undefined : newest });
    },
    markRead,
    dismiss(dingId) {
      dismissed.add(dingId);
      markRead(dingId, 'mark');
      update(without(dingId));
      // A page has at most 100 DINGs; there may be older ones.
      if (state().dings.length === 0) load().then(loaded, () => {});
    },
    close: reads.close,
  };
}
