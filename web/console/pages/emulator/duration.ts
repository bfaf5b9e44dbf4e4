/** A number and a unit, as the server takes it. */
export const durationPattern = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/;
