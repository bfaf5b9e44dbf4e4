import type { Person } from '../model.ts';

/** The people of an installation who are kept in memory, by number. */
export type PeopleKept = {
  get(id: number): Person | undefined;
  set(person: Person): void;
  clear(): void;
};

/** People who are cached, a hundred bytes each. */
const peopleLimit = 131_072;

/** A page of the list. An array that is filled here and there and is longer becomes a hash table, at three times the memory traffic. */
const pageSize = 1024;

/**
 * Caches people in pages of an array by their numbers, which are dense. When there are too many, all are evicted.
 *
 * What that buys: a receipt looks up to twenty people up, and a `Map` costs three times the memory traffic. With people in a `Map` and names in
 * two-byte text, a readStatus of a random key took a third longer.
 */
export function createPeople(limit = peopleLimit): PeopleKept {
  let pages: (Person | undefined)[][] = [];
  let count = 0;
  const pageOf = (id: number) => Math.trunc(id / pageSize);
  const clear = () => {
    pages = [];
    count = 0;
  };
  return {
    get: (id) => pages[pageOf(id)]?.[id % pageSize],
    set(person) {
      if (count >= limit) clear();
      const page = pages[pageOf(person.id)] ?? [];
      pages[pageOf(person.id)] = page;
      if (page[person.id % pageSize] === undefined) count++;
      page[person.id % pageSize] = person;
    },
    clear,
  };
}

/** People by number. */
export const mapById = (people: readonly Person[]): ReadonlyMap<number, Person> =>
  new Map(people.map((person) => [person.id, person]));
