/** Schemas of the operational calls: health and documentation. */
import { z } from 'zod';

/** Response of `GET /healthz` (the process runs) and `GET /readyz` (the database accepts writes). */
export const healthAnswer = z.object({ status: z.literal('ok') });

/** Query parameters of `GET /openapi.json` and `GET /docs`. */
export const documentQuery = z.object({
  lang: z
    .enum(['en', 'zh'])
    .optional()
    .describe('Language of the descriptions of calls. Default: English; for /docs the language of the browser.'),
});
