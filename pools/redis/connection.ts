import { Redis } from 'ioredis'
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
  /** Fails when the connection has been lost for too long. */
  readonly lost: Promise<never>
  /** What an error means: that the connection is lost, if it is. */
  meaning(error: Error): Error
  close(): void
}

/** Connects, and throws `QueueLost` if nobody answers. */
export async function connect(url: string, tell: (message: string) => void): Promise<Connection> {
  const { options, shown } = read(url)
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
    lost,
    meaning: (error) => (redis.status === 'ready' ? error : gone(reason || error.message)),
    close: () => {
      closed = true
      redis.disconnect()
    },
  }
}

function read(text: string): { options: Address; shown: string } {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || !/^(\/\d*)?$/.test(url.pathname)) {
    throw new QueueLost(`expected an address such as redis://localhost:6379, not "${text}"`)
  }
  const { protocol, hostname, port, pathname } = url
  return {
    options: {
      host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
      port: Number(port || 6379),
      db: Number(pathname.slice(1) || 0),
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
    shown: `${protocol}//${url.host}${pathname === '/' ? '' : pathname}`,
  }
}

function wordsOf(error: Error): string {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || 'no reason given'
}
