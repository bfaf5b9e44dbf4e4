import { completionFor } from '../config/completion.ts';
import { type Shell, shells, UsageError } from '../config/options.ts';
import { printOwnText } from './output.ts';

/** `huizhi completion`: prints the script of a shell. */
export function completion(operands: readonly string[]): number {
  const [word, ...more] = operands;
  const shell: Shell | undefined = shells.find((one) => one === word);
  if (!shell || more.length > 0) throw new UsageError(`Name one shell: huizhi completion ${shells.join('|')}`);
  printOwnText(completionFor(shell));
  return 0;
}
