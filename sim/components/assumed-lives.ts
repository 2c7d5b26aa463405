/** What is assumed where nobody knows: laws as a scenario writes them, and where they are from. */
export interface AssumedLife {
  /** Time from repair to the next failure, and to repair. */
  readonly mtbf: string
  readonly mttr: string
  readonly source: string
}

/** A process that people write and change. */
const APPLICATION: AssumedLife = {
  mtbf: 'exponential(30d)',
  mttr: 'exponential(5min)',
  source: 'assumed: an application dies once a month, and is there again after five minutes',
}

const DATABASE: AssumedLife = {
  mtbf: 'exponential(90d)',
  mttr: 'exponential(15min)',
  source: 'assumed: a database dies once in three months, and takes a quarter of an hour to come back',
}

/**
 * How often the processes of each kind die and how long they are away, where a scenario says nothing of that; null for
 * what is no process. Apart from the kinds, since no run needs it; kinds that do not stand here die as any process.
 */
export const assumedLives: Readonly<Record<string, AssumedLife | null>> = {
  app: APPLICATION,
  apache: APPLICATION,
  mysql: DATABASE,
  postgresql: DATABASE,
  galera: DATABASE,
  group_replication: DATABASE,
  vip: null,
  hotline: null,
}
