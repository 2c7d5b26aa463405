import { Redis } from 'ioredis'
import { legible } from '../../sim/options/shown.js'
import { QueueLost } from './lost.js'

/** Seconds that a connection may be lost before one gives up. */
const PATIENCE = 60
/** Milliseconds. */
const CONNECT = 5000
const BETWEEN_TRIES = 1000

interface Address {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username?: string
  readonly password?: string
  readonly tls?: object
}

interface Settings extends Address {
  readonly connectTimeout: number
  readonly maxRetriesPerRequest: null
  /** Milliseconds to wait; null ends the trying. */
  retryStrategy(times: number): number | null
}

/** A connection to Redis or Valkey that was there at least once. */
export interface Connection {
  readonly redis: Redis
  /** For those who make connections of their own. */
  readonly options: Settings
  /** The address without its password. */
  readonly shown: string
  /** The text of a key; null where there is none, and no text at all where it has more than `most` characters. */
  text(key: string, most: number): Promise<string | null>
  /** Fails when the connection has been lost for too long. */
  readonly lost: Promise<never>
  /** What an error means: that the connection is lost, if it is; that Redis does not do what it is asked for. */
  meaning(error: Error): Error
  close(): void
}

/** Connects, and throws `QueueLost` if nobody answers. */
export async function connect(url: string, tell: (message: string) => void): Promise<Connection> {
  const { options, shown } = read(url, process.env.NINES_QUEUE_PASSWORD)
  let there = false
  // Before the first answer one try is enough to tell what is wrong.
  const patient: Settings = {
    ...options,
    connectTimeout: CONNECT,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) =>
      there && times * BETWEEN_TRIES <= PATIENCE * 1000 ? BETWEEN_TRIES : null,
  }
  const redis = new Redis({ ...patient, lazyConnect: true })
  let reason = ''
  redis.on('error', (error: Error) => {
    reason = wordsOf(error)
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    throw new QueueLost(`no Redis or Valkey answers at ${shown}: ${reason || wordsOf(error as Error)}`)
  }
  there = true
  let closed = false
  let down = false
  redis.on('close', () => {
    if (!closed && !down) tell(`the connection to ${shown} is lost: trying again for ${PATIENCE} s`)
    down = true
  })
  redis.on('ready', () => {
    if (down) tell(`the connection to ${shown} is back`)
    down = false
  })
  const gone = (why: string) => new QueueLost(`the connection to ${shown} is lost: ${why}`)
  const lost = new Promise<never>((_, reject) => {
    redis.on('end', () => {
      if (!closed) reject(gone(reason))
    })
  })
  // Whoever wants to know waits for it; nobody has to.
  lost.catch(() => {})
  return {
    redis,
    options: patient,
    shown,
    text: async (key, most) => ((await redis.strlen(key)) > most ? '' : redis.get(key)),
    lost,
    meaning: (error) => {
      if (error instanceof QueueLost) return error
      if (redis.status !== 'ready') return gone(reason || error.message)
      const refusal = refusalOf(error)
      return refusal === null ? error : new QueueLost(`the queue at ${shown} cannot be used: ${refusal}`)
    },
    close: () => {
      closed = true
      redis.disconnect()
    },
  }
}

/** What Redis says that it does not do, in words; null if the error is none of its answers. */
export function refusalOf(error: Error): string | null {
  if (error.name !== 'ReplyError') return null
  // To the words of an error in a script, Redis adds which one it was.
  const says = legible(error.message.replace(/ script: .*/s, ''))
  const { name = '', args = [] } = (error as { command?: { name: string; args: unknown[] } }).command ?? {}
  return name.startsWith('eval') || args.length === 0 || name === 'auth'
    ? says
    : `${says} (${legible(String(args[0]), 100)})`
}

/** @param password where the address has none */
function read(text: string, password = ''): { options: Address; shown: string } {
  const url = URL.canParse(text) ? new URL(text) : null
  const user = url === null ? null : userOf(url)
  if (
    url === null ||
    user === null ||
    !['redis:', 'rediss:'].includes(url.protocol) ||
    !/^(\/\d*)?$/.test(url.pathname) ||
    url.search + url.hash !== ''
  ) {
    throw new QueueLost(`expected an address such as redis://localhost:6379, not "${withoutSecrets(text)}"`)
  }
  const { protocol, hostname, port, pathname } = url
  const secret = user.password || password
  return {
    options: {
      host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
      port: Number(port || 6379),
      db: Number(pathname.slice(1) || 0),
      ...(user.username ? { username: user.username } : {}),
      ...(secret ? { password: secret } : {}),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
    shown: `${protocol}//${url.host}${pathname === '/' ? '' : pathname}`,
  }
}

/** Null where a `%` stands for nothing. */
function userOf({ username, password }: URL): { username: string; password: string } | null {
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    return null
  }
}

/** What may be a password is not shown, wherever it stands. */
const withoutSecrets = (text: string): string =>
  legible(text.replace(/^.*@/s, '...@').replace(/\?.*$/s, '?...'))

function wordsOf(error: Error): string {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || 'no reason given'
}
