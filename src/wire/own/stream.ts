/** Schemas of the console's calls for Stream mode. */
import { z } from 'zod';
import { epochMs } from '../schema.ts';

const connection = z.object({
  connectionId: z.string().describe('The ticket that has opened the connection.'),
  client: z.string().describe('What the client says about itself; empty if nothing.'),
  subscriptions: z.array(z.object({ type: z.string(), topic: z.string() })),
  openedAt: epochMs(),
});

/** Response of `GET /console/v1/apps/{appKey}/connections`. */
export const streamConnectionsAnswer = z.object({ connections: z.array(connection).describe('Oldest first.') });
export type StreamConnectionsAnswer = z.infer<typeof streamConnectionsAnswer>;
