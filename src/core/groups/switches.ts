import type { Conversation } from '../../store/conversations/conversations.ts';
import { type GroupSwitch, groupSwitches, groupSwitchNames } from '../../wire/vendor/values.ts';

/** Values of a group's switches. */
export type Switches = Readonly<Partial<Record<GroupSwitch, 0 | 1>>>;

/**
 * Reads the switches among the fields of a call, under either spelling; other fields are ignored. Returns undefined if
 * one is neither 0 nor 1.
 */
export function parseSwitches(fields: Readonly<Record<string, unknown>>): Switches | undefined {
  const given = groupSwitchNames.flatMap((name) => {
    const value = fields[name] ?? fields[groupSwitches[name]];
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  const isValid = given.every(([, value]) => value === 0 || value === 1);
  return isValid ? (Object.fromEntries(given) as Switches) : undefined;
}

/** Returns all switches of a group; those that were never set are 0. */
export function listSwitches({ options }: Conversation): Readonly<Record<GroupSwitch, number>> {
  const all = groupSwitchNames.map((name) => [name, options[name] === 1 ? 1 : 0]);
  return Object.fromEntries(all) as Record<GroupSwitch, number>;
}
