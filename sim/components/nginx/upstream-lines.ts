import type { Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import type { Level } from '../../stats/level.js'
import type { Peer } from './peers.js'
import { type Balance, hasNoBackups, isRing } from './proposals.js'

/** What is said of a server beside its name. */
interface Line {
  readonly weight: number
  readonly max_fails: number
  /** Seconds. */
  readonly fail_timeout: number
  readonly max_conns: number
  readonly backup: boolean
  readonly down: boolean
}

export const peerOf = (site: Site, name: string, line: Line, connectTimeout: number): Peer => ({
  wire: site.wire(name, connectTimeout),
  weight: line.weight,
  maxFails: line.max_fails,
  failTimeout: line.fail_timeout,
  maxConns: line.max_conns,
  backup: line.backup,
  down: line.down,
  listed: true,
})

/**
 * The bounds of servers (max_conns): of those that have one, what there is to each.
 * @param workers which count each for itself without a zone
 */
export const maxConnsLimits = (
  peers: readonly Peer[],
  toServer: readonly (Level | null)[],
  workers: number,
  refused: () => number,
): Limit[] =>
  toServer.flatMap((level, place) =>
    level === null
      ? []
      : [
          {
            says: `connections to server ${peers[place]!.wire.towards} (max_conns)`,
            capacity: peers[place]!.maxConns * workers,
            used: (now: number) => level.mean(now),
            refused,
          },
        ],
  )

/** Points on a ring that are kept of one upstream: of servers of weight 1 as many as anybody has. */
const MOST_WEIGHT = 1000

/** What does not go with the way in which servers are chosen. */
export function unbalanced(balance: Balance, servers: readonly Line[], path: readonly string[], own: string) {
  const weight = servers.reduce((sum, one) => sum + one.weight, 0)
  return [
    ...servers.flatMap(({ backup }, i) =>
      backup && hasNoBackups(balance)
        ? [
            {
              path: [...path, own, i],
              message: `balance: ${balance} has no backup servers (nginx refuses to start)`,
            },
          ]
        : [],
    ),
    ...(isRing(balance) && weight > MOST_WEIGHT
      ? [
          {
            path: [...path, own],
            message: `expected weights of ${MOST_WEIGHT} or less together, not ${weight}, with balance: ${balance}: each has 160 points`,
          },
        ]
      : []),
  ]
}
