import type { Person } from './model.ts';

/** The people of an installation who are kept in memory, by number. */
export type PeopleKept = {
  get(id: number): Person | undefined;
  set(person: Person): void;
  clear(): void;
};

/**
 * Keeps people in an array: their numbers are dense, and a receipt looks up to twenty of them up, where a map costs three times the
 * memory traffic. When there are too many the array begins anew.
 */
export function createPeople(limit: number): PeopleKept {
  let kept: (Person | undefined)[] = [];
  let count = 0;
  const clear = () => {
    kept = [];
    count = 0;
  };
  return {
    get: (id) => kept[id],
    set(person) {
      if (count >= limit) clear();
      if (kept[person.id] === undefined) count++;
      kept[person.id] = person;
    },
    clear,
  };
}
