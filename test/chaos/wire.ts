/**
 * The part of PostgreSQL's protocol that is needed to detect a commit: a message of the server is a type of one byte,
 * its length in four bytes without the type, and its body.
 */

/**
 * Splits the data of a server into complete messages; the returned function buffers an incomplete one until its rest
 * arrives.
 */
export function createSplitter(): (chunk: Buffer) => readonly Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const messages: Buffer[] = [];
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1;
      messages.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return messages;
  };
}

/**
 * CommandComplete, whose body is the statement's tag, and ReadyForQuery, whose body is `I` outside of a transaction.
 */
const [commandComplete, readyForQuery] = [0x43, 0x5a];

/**
 * Follows the transactions of one connection. The returned function returns whether a message acknowledges a commit: of
 * a transaction, or of a single statement that writes outside of one.
 */
export function createTransactionWatch(): (message: Buffer) => boolean {
  let isInside = false;
  return (message) => {
    if (message[0] === readyForQuery) isInside = message[5] !== 0x49;
    if (message[0] !== commandComplete) return false;
    const tag = message.toString('latin1', 5, message.length - 1);
    if (tag === 'BEGIN') isInside = true;
    if (tag === 'COMMIT') return true;
    return !isInside && /^(INSERT|UPDATE|DELETE|MERGE) /.test(tag);
  };
}
