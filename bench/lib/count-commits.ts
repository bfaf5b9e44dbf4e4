/**
 * Loaded into a huizhi with --import: counts the transactions that it commits, and sends the count over the IPC channel
 * on request. Only this shows from outside how many writes share a commit.
 */
import { DatabaseSync } from 'node:sqlite';

let commits = 0;
const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function counted(this: DatabaseSync, text: string): void {
  exec.call(this, text);
  if (text === 'commit') commits++;
};

process.on('message', (message) => {
  if (message === 'commits') process.send?.({ commits });
});
// The channel alone must not keep the process alive.
process.channel?.unref();
