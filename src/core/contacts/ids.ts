import { hash } from 'node:crypto';
import type { App } from '../../store/model.ts';
import { renderUnionId, unionIdBytes } from '../../store/people/union-ids.ts';
import type { Context } from '../context.ts';

/** Creates the unionId of a new user. */
export function createUnionId({ randomBytes }: Context): string {
  return renderUnionId(randomBytes(unionIdBytes));
}

/** Returns the openId of a user for an app: always the same, and two apps cannot compare theirs. */
export function deriveOpenId({ code }: App, unionId: string): string {
  return renderUnionId(hash('sha256', `${code} ${unionId}`, 'buffer').subarray(0, unionIdBytes));
}
