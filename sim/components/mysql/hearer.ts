import type { Servers } from './database-server.js'

/** The servers of one replication as an application knows them that has to be told who is primary. */
export class Hearer implements Servers {
  /** Whom it takes for the primary, though another was promoted; null where it knows better. */
  believed: object | null = null
  /** Seconds until it finds out by itself; null: somebody tells it. */
  delay: (() => number) | null = null

  constructor(private readonly servers: Servers) {}

  /** What it knows does not change until it is told. */
  get epoch(): number {
    return this.believed === null ? this.servers.epoch : STALE
  }

  writes(requestClass: number): boolean {
    return this.servers.writes(requestClass)
  }

  tell(classes: Iterable<number>): void {
    this.servers.tell(classes)
  }

  /** Another was promoted in the place of `primary`, and it has not been told yet. */
  miss(primary: object): void {
    this.believed ??= primary
  }

  readonly hear = (): void => {
    this.believed = null
  }
}

/** Of none that there is. */
const STALE = -2
