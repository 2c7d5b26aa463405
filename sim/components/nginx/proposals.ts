import { firstNotBelow } from '../../arithmetic/first-not-below.js'
import { oneOf } from '../../options/types.js'
import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { bytesOf, crc32, lowestFirst } from './crc32.js'

/** Proposes servers of an upstream, one after the other: those that may not be used are passed over. */
export interface Proposals {
  /** Of the first two that may be used that with fewer connections for its weight is taken. */
  readonly two: boolean
  /** Those that follow are for `request`. @param tries servers that it has been sent to */
  begin(request: Request, tries: number): void
  /** The place of a server. */
  next(): number
}

/** A server, as far as it matters who has how large a share. */
interface Share {
  /** As the configuration calls it: `app-1`, `10.0.0.1:8080`. */
  readonly name: string
  readonly weight: number
}

/** What may be hashed: an address as four bytes, or as text; what is asked for. */
const KEYS = {
  $binary_remote_addr: ({ addresses }: Context, request: Request): number[] =>
    lowestFirst(addresses.of(request)).reverse(),
  $remote_addr: ({ addresses }: Context, request: Request): number[] =>
    bytesOf(lowestFirst(addresses.of(request)).reverse().join('.')),
  $request_uri: ({ objects }: Context, request: Request): number[] => bytesOf(`/${objects.nameOf(request)}`),
} as const
type Key = (typeof KEYS)[keyof typeof KEYS]

/** How a server is chosen, in nginx's words, and who proposes; null where nobody does. */
const METHODS = {
  round_robin: null,
  least_conn: null,
  ip_hash: (servers: readonly Share[], context: Context) => new IpHash(servers, context),
  'hash $remote_addr': (servers: readonly Share[], context: Context) =>
    new Hash(servers, context, KEYS.$remote_addr),
  'hash $remote_addr consistent': (servers: readonly Share[], context: Context) =>
    new Ring(servers, context, KEYS.$remote_addr),
  'hash $binary_remote_addr': (servers: readonly Share[], context: Context) =>
    new Hash(servers, context, KEYS.$binary_remote_addr),
  'hash $binary_remote_addr consistent': (servers: readonly Share[], context: Context) =>
    new Ring(servers, context, KEYS.$binary_remote_addr),
  'hash $request_uri': (servers: readonly Share[], context: Context) =>
    new Hash(servers, context, KEYS.$request_uri),
  'hash $request_uri consistent': (servers: readonly Share[], context: Context) =>
    new Ring(servers, context, KEYS.$request_uri),
  random: (servers: readonly Share[], _: Context, stream: Stream) => new Drawn(servers, stream, false),
  'random two': (servers: readonly Share[], _: Context, stream: Stream) => new Drawn(servers, stream, true),
  'random two least_conn': (servers: readonly Share[], _: Context, stream: Stream) =>
    new Drawn(servers, stream, true),
} as const

export type Balance = keyof typeof METHODS

const words = Object.keys(METHODS) as [Balance, ...Balance[]]

export const balance = () =>
  oneOf(...words)
    .prefault('round_robin')
    .describe(
      'how a server is chosen: round_robin is smooth and weighted; the address is that of the visitor (addresses: of users), $request_uri what he asks for (objects: of users)',
    )

/** Who proposes servers; null where they are chosen by turn, or by connections. */
export const proposalsOf = (
  by: Balance,
  servers: readonly Share[],
  context: Context,
  stream: Stream,
): Proposals | null => METHODS[by]?.(servers, context, stream) ?? null

/** Whether nginx refuses `backup` beside it. */
export const hasNoBackups = (by: Balance): boolean => METHODS[by] !== null

/** Whether what is asked for decides. */
export const namesObject = (by: Balance): boolean => by.includes('$request_uri')

/** Whether servers have points on a ring. */
export const isRing = (by: Balance): boolean => by.endsWith(' consistent')

/** Servers in a row, each as long as its weight. */
class Weights {
  readonly total: number

  constructor(private readonly servers: readonly Share[]) {
    this.total = servers.reduce((sum, { weight }) => sum + weight, 0)
  }

  /** The place of the server that has `at`, from 0 on and below the total. */
  placeOf(at: number): number {
    let rest = at
    let place = 0
    while (rest >= this.servers[place]!.weight) rest -= this.servers[place++]!.weight
    return place
  }
}

/**
 * `ip_hash`: the first three bytes of the address, so that all of its network of 256 have one server.
 * Source: ngx_http_upstream_ip_hash_module; shares measured on nginx 1.22.1.
 */
class IpHash implements Proposals {
  readonly two = false
  private readonly weights: Weights
  private bytes: readonly number[] = []
  private hash = 0

  constructor(
    servers: readonly Share[],
    private readonly context: Context,
  ) {
    this.weights = new Weights(servers)
  }

  begin(request: Request): void {
    this.bytes = KEYS.$binary_remote_addr(this.context, request).slice(0, 3)
    this.hash = 89
  }

  next(): number {
    for (const byte of this.bytes) this.hash = (this.hash * 113 + byte) % 6271
    return this.weights.placeOf(this.hash % this.weights.total)
  }
}

/**
 * `hash` without consistent: CRC-32 of the key by the sum of the weights; and after a server that may not be used of a
 * number and the key, so that only the keys of that server go elsewhere.
 * Source: ngx_http_upstream_hash_module; who moves measured on nginx 1.22.1.
 */
class Hash implements Proposals {
  readonly two = false
  private readonly weights: Weights
  private key: readonly number[] = []
  private hash = 0
  private again = 0

  constructor(
    servers: readonly Share[],
    private readonly context: Context,
    private readonly keyOf: Key,
  ) {
    this.weights = new Weights(servers)
  }

  begin(request: Request): void {
    this.key = this.keyOf(this.context, request)
    this.hash = 0
    this.again = 0
  }

  next(): number {
    const { again, key } = this
    this.hash += (crc32(again === 0 ? key : [...bytesOf(String(again)), ...key]) >>> 16) & 0x7fff
    this.again++
    return this.weights.placeOf(this.hash % this.weights.total)
  }
}

/** Points of a server of weight 1. */
const POINTS = 160

/**
 * `hash` with consistent: a ring of 2^32 with 160 points for each of a server's weight, as ketama has it. A key belongs to
 * the next point at or after its CRC-32.
 * Source: ngx_http_upstream_hash_module; shares measured on nginx 1.22.1.
 */
class Ring implements Proposals {
  readonly two = false
  private readonly points: Float64Array
  /** Whose each of them is. */
  private readonly owners: readonly number[]
  private at = 0

  constructor(
    servers: readonly Share[],
    private readonly context: Context,
    private readonly keyOf: Key,
  ) {
    const all = servers.flatMap((server, place) => pointsOf(server).map((point) => ({ point, place })))
    all.sort((a, b) => a.point - b.point)
    const apart = all.filter(({ point }, i) => i === 0 || point !== all[i - 1]!.point)
    this.points = Float64Array.from(apart, ({ point }) => point)
    this.owners = apart.map(({ place }) => place)
  }

  begin(request: Request): void {
    this.at = firstNotBelow(this.points, crc32(this.keyOf(this.context, request)))
  }

  next(): number {
    return this.owners[this.at++ % this.owners.length]!
  }
}

/** Each is made of the one before it. */
function pointsOf({ name, weight }: Share): number[] {
  const [host, port = ''] = name.split(':')
  const base = crc32(bytesOf(`${host}\0${port}`))
  const points: number[] = []
  for (let i = 0, last = 0; i < POINTS * weight; i++) {
    last = crc32(lowestFirst(last), base)
    points.push(last)
  }
  return points
}

/**
 * `random`: by weight, whoever has what to do; `two`: of two that are drawn the one with fewer connections.
 * Source: ngx_http_upstream_random_module; shares measured on nginx 1.22.1.
 */
class Drawn implements Proposals {
  private readonly weights: Weights

  constructor(
    servers: readonly Share[],
    private readonly stream: Stream,
    readonly two: boolean,
  ) {
    this.weights = new Weights(servers)
  }

  begin(request: Request, tries: number): void {
    request.draws(this.stream, tries)
  }

  next(): number {
    return this.weights.placeOf(this.stream.below(this.weights.total))
  }
}
