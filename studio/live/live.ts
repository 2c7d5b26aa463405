/** Takes the page's messages to the run that is seen. */
export function live(): void {}
