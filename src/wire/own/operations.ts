/** What operators and their tools ask: `/healthz` and `/readyz`. */
import { z } from 'zod';

/** Answer of `GET /healthz` (the process lives) and `GET /readyz` (the store answers). */
export const healthAnswer = z.object({ status: z.literal('ok') });

/** Query of `GET /openapi.json` and `GET /docs`. */
export const documentQuery = z.object({
  lang: z
    .enum(['en', 'zh'])
    .optional()
    .describe('Language of the descriptions of calls. Default: English; for /docs the language of the browser.'),
});
