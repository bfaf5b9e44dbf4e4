import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { patience } from './fetch-text.ts';
import type { RawForm } from './raw-form.ts';

/** What came back, and whether the server ended the connection in time. */
export type RawExchange = { readonly received: Buffer; readonly closed: boolean };

/** Writes a form to a connection of its own and reads until the connection ends. */
export async function exchangeRaw(
  port: number,
  { pieces, end }: RawForm,
  last: Buffer,
  localAddress: string | undefined,
): Promise<RawExchange> {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) });
  socket.setNoDelay(true);
  const chunks: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;
  const closed = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patience);
    // A server that refuses a body closes while we still write; its response has arrived nevertheless.
    socket.on('error', () => {});
    socket.on('close', () => resolve(true));
  });
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const many = pieces.length > 1;
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece);
    if (many) await setImmediate();
  }
  if (end === 'next') socket.write(last);
  else if (end === 'half') socket.end();
  else socket.resetAndDestroy();
  const isClosed = await closed;
  clearTimeout(timer);
  socket.destroy();
  return { received: Buffer.concat(chunks), closed: isClosed };
}
