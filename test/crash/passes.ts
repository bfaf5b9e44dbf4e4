import { connection } from './connection.ts';
import type { Passes } from './load.ts';
import { adminToken, app, type Server, users } from './server.ts';

/** Signs all users in, once: tokens and sessions have to survive every kill, too. */
export async function enter({ url }: Pick<Server, 'url'>): Promise<Passes> {
  const line = connection(url);
  const { body } = await line.call('POST', '/v1.0/oauth2/accessToken', {}, app);
  const sessions = new Map<string, string>();
  const operator = { authorization: `Bearer ${adminToken}` };
  for (const userId of users) {
    const made = await line.call('POST', '/console/v1/signInCodes', operator, { corpId: 'corp', userId });
    const signedIn = await line.call('POST', '/inbox/v1/sessions', {}, { code: made.body.code });
    sessions.set(userId, String(signedIn.body.token));
  }
  line.close();
  return { token: String(body.accessToken), sessions };
}
