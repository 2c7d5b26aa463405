/** Takes the page's questions. */
export function answers(): void {}
