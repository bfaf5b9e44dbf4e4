/** The program as the operator of a server runs it, for the tests of `huizhi admin`. */
import type { Setup } from '../../src/config/setup.ts';
import { fileChild, startChild } from '../conformance/support/child.ts';
import { type Around, command, type Ended, jsonLines } from '../support/command.ts';

const adminToken = 'admin-token-of-the-suite';

/** Starts `huizhi serve` of the built package, with the organizations of the suite, and by default with two of its apps. */
export async function startAdministered(args = '', setup?: Setup) {
  const child = await startChild(`serve${args}`, [], { HUIZHI_ADMIN_TOKEN: adminToken }, setup);
  return { child, ...createOperator(child.url) };
}

/** Starts the same for all tests of a file, which leave each other's data alone. */
export async function fileAdministered(args = '') {
  const child = await fileChild(`serve${args}`, { HUIZHI_ADMIN_TOKEN: adminToken });
  return { child, ...createOperator(child.url) };
}

/** The program of an operator who works on `corp-one`. */
export function createOperator(url: string) {
  const env = { HUIZHI_ENDPOINT: url, HUIZHI_ADMIN_TOKEN: adminToken, HUIZHI_CORP: 'corp-one' };
  const admin = (line: string | readonly string[], around: Around = {}): Promise<Ended> => {
    const words = typeof line === 'string' ? line.split(' ') : line;
    return command(['admin', ...words], { ...around, env: { ...env, ...around.env } });
  };
  return {
    admin,
    /** The JSON lines of a call that succeeds. */
    async read(line: string | readonly string[], given: Record<string, string> = {}) {
      const words = typeof line === 'string' ? line.split(' ') : line;
      const { code, stdout, stderr } = await admin([...words, '--json'], { env: given });
      if (code !== 0) throw new Error(`${String(line)} ended with ${code}: ${stderr}`);
      return stdout === '' ? [] : jsonLines(stdout);
    },
  };
}
