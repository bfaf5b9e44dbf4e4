import type { ConsoleRight } from '../../wire/own/console-rights.ts';

/** Where a request may use its right. */
export type Scope = {
  /** Whether it may use it in all organizations, and on what belongs to none of them. */
  readonly isAll: boolean;
  /** Whether it may use it in an organization. 0 is what belongs to none. */
  includes(corpId: number): boolean;
  /** Whether the operator has any right in an organization. */
  sees(corpId: number): boolean;
  /** Whether the operator has a right in an organization, be it another one than that of the request. */
  has(right: ConsoleRight, corpId: number): boolean;
  /** The number of the operator, if they see only the messages of an organization that they have sent themselves. */
  onlySentBy(corpId: number): number | undefined;
  /** The organizations that it includes; undefined if it is all. */
  readonly corpIds: readonly number[] | undefined;
};
