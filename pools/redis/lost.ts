/** The queue cannot be used: nobody answers, or it is not what it should be. The message is for the user. */
export class QueueLost extends Error {}
