/** What a configuration file says about the work notices of apps. */
import type { Context } from '../context.ts';

/** A template of `sendbytemplate`: a message with placeholders. */
export type SetupNoticeTemplate = {
  readonly templateId: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly stopped?: boolean | undefined;
};

/** The first agentId; beyond 2^31, as those of the vendor. */
const firstAgentId = 2_500_000_000;
/** The distance of two agentIds. */
const stride = 7919;

/**
 * Returns the agentId of an app: the one given, else the one that it has, else one that no app has. Throws an Error if
 * another app has the one given. Two apps of one setup that are given the same are found before, with the other
 * contradictions of the setup.
 *
 * @param reserved agentIds that other apps are given in the same setup, some of which may not be stored yet
 */
export function chooseAgentId(
  { directory }: Context,
  appId: number,
  given?: number,
  reserved: ReadonlySet<number> = new Set(),
): number {
  const others = directory.whole.apps().filter(({ id }) => id !== appId);
  const owner = others.find(({ agentId }) => agentId === given);
  if (owner) throw new Error(`the agentId ${given} belongs to app ${owner.code}`);
  if (given !== undefined) return given;
  const known = directory.now.appOf(appId)?.agentId;
  if (known !== undefined) return known;
  const taken = new Set([...others.map(({ agentId }) => agentId), ...reserved]);
  let agentId = firstAgentId + appId * stride;
  while (taken.has(agentId)) agentId++;
  return agentId;
}

/** Creates or replaces templates of an app. Templates that are not named stay. */
export async function applyTemplates(
  { store }: Context,
  corpId: number,
  appId: number,
  templates: readonly SetupNoticeTemplate[] = [],
): Promise<void> {
  for (const { templateId, message, stopped = false } of templates) {
    const state = stopped ? 'stopped' : 'active';
    await store.notices.putTemplate(corpId, appId, { code: templateId, state, msg: JSON.stringify(message) });
  }
}
