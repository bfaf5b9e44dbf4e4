import type { Eventually } from '../../store/engine/sql.ts';
import type { RandomBytes } from '../access/random.ts';
import type { Clock } from '../clock.ts';
import { type Connection, type SentPush, sendPush } from './connection.ts';
import { type Answer, createMessageId, type Push } from './frames.ts';

/** A push that was sent, and its answer; undefined if the connection ended or the wait was cancelled. */
export type Sent = { readonly answer: Promise<Answer | undefined>; giveUp(): void };

/** What a fault rule of the emulator does with a push. `latency` is in milliseconds. */
export type PushFault = {
  readonly latency?: number | undefined;
  readonly drop?: true | undefined;
  readonly repeat?: true | undefined;
};

/** The emulator's part in pushes. */
export type PushEmulation = {
  /** Returns the fault of a push, if a rule matches it. */
  match(push: Push): PushFault | undefined;
  /** Waits; resolves to false if the emulator stops first. */
  wait(milliseconds: number): Promise<boolean>;
  /** Starts to record a push, and returns a function that records its answer. */
  record(push: Push): (headers: Readonly<Record<string, string>>, answer: Answer | undefined) => void;
};

/** Sends a push through a connection to this process. */
export type Sender = (connection: Connection, push: Push) => Sent;

type SenderParts = {
  readonly clock: Clock;
  readonly bytes: RandomBytes;
  readonly emulation: PushEmulation | undefined;
};

/** Creates the sender of a process. In the emulator it injects faults, and records pushes with their answers. */
export function createSender({ clock, bytes, emulation }: SenderParts): Sender {
  const send = (connection: Connection, push: Push): SentPush => {
    const at = clock.now();
    const record = emulation?.record(push);
    const sent = sendPush(connection, push, { messageId: createMessageId(bytes, at), at });
    if (record) void sent.answer.then((answer) => record(sent.headers, answer));
    return sent;
  };
  return (connection, push) => {
    const fault = emulation?.match(push);
    if (!emulation || !fault) return send(connection, push);
    return sendLater(waitFor(emulation, fault), () => {
      if (connection.state !== 'open') return undefined;
      if (fault.drop) {
        emulation.record(push)({}, undefined);
        connection.link.end();
        return undefined;
      }
      const sent = send(connection, push);
      if (fault.repeat) send(connection, push);
      return sent;
    });
  };
}

function waitFor(emulation: PushEmulation, { latency }: PushFault): Eventually<boolean> {
  return latency === undefined ? true : emulation.wait(latency);
}

/** Sends when the latency of a fault is over. */
function sendLater(isOver: Eventually<boolean>, send: () => Sent | undefined): Sent {
  let sent: Sent | undefined;
  let isGivenUp = false;
  const sendNow = (isDue: boolean) => {
    sent = isDue ? send() : undefined;
    if (isGivenUp) sent?.giveUp();
    return sent?.answer;
  };
  return {
    answer: isOver instanceof Promise ? isOver.then(sendNow) : Promise.resolve(sendNow(isOver)),
    giveUp() {
      isGivenUp = true;
      sent?.giveUp();
    },
  };
}
