import { useState } from 'react';

/** The value of the first rendering. */
export function useFirst<T>(value: T): T {
  const [first] = useState(value);
  return first;
}
