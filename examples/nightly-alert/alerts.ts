/** Alerts that do not sleep: who is called first has ten minutes to read, then a second person is called, too. */
import type { Client } from 'huizhi/client';

const patience = 10 * 60_000;

type Alert = {
  readonly key: string;
  readonly text: string;
  readonly first: string;
  readonly second: string;
  readonly raisedAt: number;
};

/** @param now the time in epoch milliseconds; a test gives the emulator's */
export function createAlerts(client: Client, now: () => number = Date.now) {
  const open = new Set<Alert>();

  const escalate = async ({ text, first, second }: Alert) => {
    await client.send({ to: second, text: `${text} (${first} has not read this for ten minutes)` });
  };

  return {
    async raise(text: string, first: string, second: string): Promise<void> {
      const { keys } = await client.send({ to: first, text });
      for (const key of keys) open.add({ key, text, first, second, raisedAt: now() });
    },

    /** To be called every minute: closes what was read, and escalates what was not. Resolves with the number of open alerts. */
    async check(): Promise<number> {
      for (const alert of open) {
        const { recipients } = await client.readStatus(alert.key);
        const isRead = recipients.every(({ read }) => read);
        const isLate = now() - alert.raisedAt >= patience;
        if (isLate && !isRead) await escalate(alert);
        if (isLate || isRead) open.delete(alert);
      }
      return open.size;
    },
  };
}
