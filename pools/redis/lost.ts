/** The queue cannot be used: nobody answers, or it is not what it should be. The message is for the user. */
export class QueueLost extends Error {}

/** Loads what needs the clients of Redis, which a user installs himself. Throws `QueueLost` where they are missing. */
export async function withClients<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !/'(bullmq|ioredis)'/.test(message)) throw error
    throw new QueueLost(
      '--queue needs the packages bullmq and ioredis, which are not installed: npm install bullmq@6 ioredis@6',
    )
  }
}
