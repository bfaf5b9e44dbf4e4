import { connect, type Socket } from 'node:net';

/** An open stream of a user's inbox. */
export type Stream = { close(): void };

/** The text of the message that an event's data is about. */
export function contentOf(data: string): string {
  const { msgParam } = JSON.parse(data) as { msgParam?: string };
  return msgParam === undefined ? '' : (JSON.parse(msgParam) as { content: string }).content;
}

/**
 * Opens a stream over a bare socket, of which a process can hold thousands; `onData` gets each event's data when it
 * arrives.
 */
export function follow(url: string, session: string, onData: (data: string) => void): Promise<Stream> {
  const { hostname, port, host } = new URL(url);
  const head = `GET /inbox/v1/events HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${session}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(head));
    const line = linesOf(socket);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('an event stream was closed before it was open')));
    line((text) => {
      if (text.startsWith('HTTP/1.1 ') && !text.startsWith('HTTP/1.1 200'))
        reject(new Error(`an event stream: ${text}`));
      // A stream starts with a comment that has its first number.
      else if (text.startsWith(': from ')) resolve({ close: () => void socket.destroy() });
      else if (text.startsWith('data: ')) onData(text.slice(6));
    });
  });
}

/** Splits chunks at line ends only; the chunks of the protocol never split an event. */
function linesOf(socket: Socket) {
  return (take: (line: string) => void) => {
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line.trimEnd());
    });
  };
}

export type Marks = {
  mark(name: string): void;
  wait(name: string, count: number): Promise<number>;
};

/**
 * Named marks to wait for: `wait` resolves with the time of the `count`th mark, in milliseconds of `performance.now()`.
 */
export function createMarks(): Marks {
  const times = new Map<string, number[]>();
  const waiting = new Map<string, { readonly count: number; readonly resolve: (at: number) => void }>();
  return {
    mark(name: string) {
      const marked = times.get(name) ?? [];
      times.set(name, marked);
      marked.push(performance.now());
      const one = waiting.get(name);
      if (one && marked.length >= one.count) one.resolve(marked[one.count - 1] ?? 0);
    },
    wait(name: string, count: number): Promise<number> {
      const at = times.get(name)?.[count - 1];
      if (at !== undefined) return Promise.resolve(at);
      return new Promise((resolve) => waiting.set(name, { count, resolve }));
    },
  };
}
