/** A duration in the server's format: a number and a unit, such as `1.5s`. */
export const durationPattern = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/;
