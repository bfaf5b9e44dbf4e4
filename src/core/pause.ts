/** Waits for milliseconds of the machine's clock: a frozen clock must stop neither a sweep nor a delivery. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
