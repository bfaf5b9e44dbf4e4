/** What operators and their tools ask: `/healthz` and `/readyz`. */
import { z } from 'zod';

/** Answer of `GET /healthz` (the process lives) and `GET /readyz` (the store answers). */
export const healthAnswer = z.object({ status: z.literal('ok') });
