import { WireError } from '../../wire/errors.ts';
import type { LabelsOf } from '../../wire/metrics/table.ts';
import type { Context } from '../context.ts';

type SignIn = LabelsOf<'huizhi_sign_ins_total'>;

/** Runs a sign-in, and counts it by its result: undefined is a refusal. */
export async function countSignIn<T>(
  { meters }: Pick<Context, 'meters'>,
  method: SignIn['method'],
  signIn: () => Promise<T>,
): Promise<T> {
  const count = (result: SignIn['result']) => meters.count('huizhi_sign_ins_total', { method, result });
  try {
    const signedIn = await signIn();
    count(signedIn === undefined ? 'refused' : 'accepted');
    return signedIn;
  } catch (error) {
    count(error instanceof WireError ? 'refused' : 'failed');
    throw error;
  }
}
