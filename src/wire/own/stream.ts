/** Schemas of the console's calls for Stream mode. */

import { z } from 'zod';
import { epochMs, strictObject } from '../schema.ts';
import { streamEventTypes } from '../vendor/values.ts';
import { pageParameters } from './console.ts';

const connection = z.object({
  connectionId: z.string().describe('The ticket that has opened the connection.'),
  client: z.string().describe('What the client says about itself; empty if nothing.'),
  subscriptions: z.array(z.object({ type: z.string(), topic: z.string() })),
  openedAt: epochMs(),
  process: z
    .int()
    .nullable()
    .describe('The number of the process that has the connection; null if one process owns the database.'),
});

/** Response of `GET /console/v1/apps/{appKey}/connections`. */
export const streamConnectionsAnswer = z.object({ connections: z.array(connection).describe('Oldest first.') });
export type StreamConnectionsAnswer = z.infer<typeof streamConnectionsAnswer>;

const types = z.array(z.enum(streamEventTypes)).max(streamEventTypes.length);

/** Request body of `PUT /console/v1/apps/{appKey}/events/{corpId}`. */
export const streamEventsBody = strictObject({
  types: types.describe('The types of events that the app gets in Stream mode; none if it is empty.'),
});

/** How many events of an app were delivered or not. The numbers are null while the app gets no events. */
export const appEventProgress = {
  position: z.int().nullable().describe('Up to this number, each event of the organization was tried at least once.'),
  waiting: z.int().nullable().describe('Events that wait for another attempt, at most 1,000 are counted.'),
  failed: z
    .int()
    .nullable()
    .describe('Events whose last attempt failed within the last 7 days, at most 1,000 are counted.'),
  dropped: z.int().nullable().describe('Events that retention has removed before they were sent.'),
};

/** Response of `GET` and `PUT /console/v1/apps/{appKey}/events/{corpId}`. The numbers are null without types. */
export const streamEventsAnswer = z.object({
  types,
  ...appEventProgress,
});
export type StreamEventsAnswer = z.infer<typeof streamEventsAnswer>;

/** Query of `GET /console/v1/apps/{appKey}/events/{corpId}/deliveries`. */
export const streamDeliveriesQuery = strictObject({
  state: z.enum(['waiting', 'failed']).optional(),
  ...pageParameters,
});
