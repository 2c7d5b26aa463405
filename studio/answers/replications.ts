/** Runs replications, one at a time. */
export function replications(): void {}
