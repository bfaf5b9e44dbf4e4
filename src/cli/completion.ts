import { renderCompletion } from '../config/completion.ts';
import { type Shell, shells, UsageError } from '../config/options.ts';
import { printUnescaped } from './output.ts';

/**
 * `huizhi completion`: prints the completion script of a shell. Throws a UsageError unless exactly one known shell is
 * named.
 */
export function printCompletion(operands: readonly string[]): number {
  const [word, ...more] = operands;
  const shell: Shell | undefined = shells.find((one) => one === word);
  if (!shell || more.length > 0) throw new UsageError(`Name one shell: huizhi completion ${shells.join('|')}`);
  printUnescaped(renderCompletion(shell));
  return 0;
}
