import * as z from 'zod'
import { count, duration, law, numberAbove, oneOf, perClass, period, refs } from '../../options/types.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import { serverOptions } from '../mysql/database-server.js'
import type { Link } from '../mysql/link.js'
import { isReplicated, leads, type Make, Mysql, type MysqlOptions, misfollowed } from '../mysql/mysql.js'
import { ownCounts } from '../mysql/own-writes.js'
import { promotionOption } from '../mysql/promotion.js'
import { deadCounts, lagCounts, primaryCounts } from '../mysql/replication-counts.js'
import { ONE_ROW } from '../mysql/row-options.js'
import { staleCounts } from '../mysql/stale-reads.js'
import { settings } from './settings.js'
import { type Wait, WalReceiver } from './wal-receiver.js'

const { back_log: _, ...shared } = serverOptions

const postgresqlOptions = z
  .strictObject({
    ...shared,
    io: perClass()
      .prefault('0s')
      .describe('time of a query beside its CPU time: what it reads from the disk'),
    max_connections: count(1, 100_000)
      .prefault(100)
      .describe('server processes, one for each connection, with a query or idle'),
    superuser_reserved_connections: count(0, 100_000)
      .prefault(3)
      .describe('of those, so many are not for applications: who finds no other gets error 53300'),
    recovery: law()
      .prefault('0s')
      .describe(
        'from the start of the process until it listens (replay of the WAL since the last checkpoint)',
      ),
    fsync: law()
      .optional()
      .describe('of the WAL at a commit; those that wait for it together have one. Default: none waits'),
    synchronous_commit: oneOf('on', 'remote_apply', 'remote_write', 'local', 'off')
      .prefault('on')
      .describe(
        'what a commit waits for: its own WAL, and that of the standbys of synchronous_standby_names (written, on the disk, replayed); local: its own; off: nothing, and a crash costs the last of them',
      ),
    synchronous_standby_names: oneOf('ANY 1 (*)', 'ANY 2 (*)', 'ANY 3 (*)')
      .optional()
      .describe(
        'how many standbys a commit of this primary waits for, for as long as that takes; default: none',
      ),
    wal_writer_delay: period()
      .prefault('200ms')
      .describe('with synchronous_commit off: from one flush of the WAL to the next'),
    replicas: refs({ kind: 'postgresql', role: 'copies' })
      .optional()
      .describe('standbys that follow this one (the primary), and answer reads (hot_standby)'),
    apply: perClass()
      .prefault('0s')
      .describe(
        'CPU time to replay the WAL of a write, one after the other; a microsecond for a small insert',
      ),
    wal_receiver_timeout: period()
      .prefault('60s')
      .describe('silence after which this server as a standby gives up its connection'),
    wal_retrieve_retry_interval: duration()
      .prefault('5s')
      .describe('from one attempt to connect to the primary to the next, once the connection is lost'),
    // Patroni: ttl 30, which is set anew every loop_wait, 10 s.
    promotion: promotionOption('uniform(20s, 30s)', '2s'),
    rows: count(1, 1_000_000)
      .optional()
      .describe('as the primary: rows that requests read and write, one each; default: a read is about all'),
    zipf: numberAbove(0).optional().describe('exponent of their popularity; default 0.8'),
  })
  .refine((o) => o.promotion.mode === 'none' || o.replicas !== undefined, {
    path: ['promotion'],
    error: 'expected replicas: too, one of which could be promoted',
  })
  .refine((o) => o.superuser_reserved_connections < o.max_connections, {
    path: ['superuser_reserved_connections'],
    error: 'expected fewer than max_connections',
  })
  .refine((o) => o.rows === undefined || o.replicas !== undefined, {
    path: ['rows'],
    error: 'expected replicas: too, which could miss what was written',
  })
  .refine((o) => o.zipf === undefined || o.rows !== undefined, {
    path: ['zipf'],
    error: 'expected rows: too, whose popularity it is',
  })
type Options = z.output<typeof postgresqlOptions>

/** Server processes that are none of a connection: autovacuum 4, workers 8, WAL senders 10, as the defaults are. */
const OTHERS = 22
/** What Linux lets a listener have (somaxconn). */
const MOST_BACKLOG = 4096

/** What the listener takes while the postmaster hangs: 244 as measured (pqcomm.c: twice as many as there can be processes). */
const backlogOf = ({ max_connections }: Options): number =>
  Math.min(MOST_BACKLOG, 2 * (max_connections + OTHERS))

const waits = ({ synchronous_commit }: Options): boolean =>
  synchronous_commit !== 'local' && synchronous_commit !== 'off'

/** How many standbys its commits wait for. */
const standbysOf = (options: Options): number =>
  options.synchronous_standby_names === undefined || !waits(options)
    ? 0
    : Number(options.synchronous_standby_names[4])

/** What a server says, in the words of the one that it is built on. */
function asMysql(options: Options): MysqlOptions {
  const { synchronous_commit, superuser_reserved_connections, ...said } = options
  return {
    ...said,
    ...ONE_ROW,
    max_connections: options.max_connections - superuser_reserved_connections,
    back_log: backlogOf(options),
    flavour: 'mariadb',
    innodb_flush_log_at_trx_commit: synchronous_commit === 'off' ? 0 : 1,
    rpl_semi_sync_master_enabled: standbysOf(options) > 0,
    rpl_semi_sync_master_timeout: Number.POSITIVE_INFINITY,
    slave_parallel_threads: 0,
    slave_parallel_mode: 'optimistic',
    slave_net_timeout: options.wal_receiver_timeout,
    master_connect_retry: options.wal_retrieve_retry_interval,
  }
}

const makeOf = (options: Options): Make => ({
  binlog: false,
  syncsReplay: false,
  period: options.wal_writer_delay,
  hides: true,
  acknowledgements: Math.max(1, standbysOf(options)),
  panics: true,
})

/**
 * A PostgreSQL server, primary or standby, with streaming replication, built on what is common to databases that ship a log.
 *
 * A commit waits for an fsync of the WAL, one for all who wait for it together: alone for one, among others for two of them.
 * Then, with synchronous_standby_names, it waits for standbys: for ever, if there are none, since nothing falls back to
 * asynchronous; until then nobody sees what it wrote. If the primary dies meanwhile it is there after the restart, though nobody
 * was told. Standbys replay one after the other, without fsyncs. All measured on PostgreSQL 15.18, and that of 100 connections
 * an application gets 97.
 *
 * Sources: PostgreSQL 15 manual (Write Ahead Log, Replication, Connections); Patroni (ttl 30, loop_wait 10) for `promotion`. A
 * primary that was replaced is set back (pg_rewind) and follows. With synchronous_commit off there is one flush of the WAL each
 * wal_writer_delay; the manual has it that up to three can pass. A standby replays what has come (an assumption: in life once it
 * is on its disk).
 */
class Postgresql extends Mysql {
  /** StartupMessage and SCRAM: three exchanges; SSLRequest and the handshake: two more (15 manual, Message Flow). */
  override readonly greeting: number
  private readonly waitsFor: Wait
  private readonly receiver: WalReceiver

  constructor(site: Site, options: Options) {
    super(site, asMysql(options), makeOf(options))
    this.greeting = options.tls ? 5 : 3
    this.waitsFor = waits(options) ? (options.synchronous_commit as Wait) : 'on'
    const { fsync } = options
    const stream = site.context.stream(this.dataRole, 'fsync of the receiver')
    this.receiver = new WalReceiver({
      process: this.process,
      sync: fsync === undefined ? null : (job, then) => this.sync(job, fsync.sample(stream), then),
      wait: () => (this.replication.primary as unknown as Postgresql).waitsFor,
      replayed: () => this.applier.applied,
    })
  }

  override receipt(position: number, link: Link): void {
    this.receiver.receive(position, link)
  }

  override vouches(position: number, link: Link): number {
    return this.receiver.vouches(position, link)
  }

  protected override noteApplied(): void {
    this.receiver.replayed()
    super.noteApplied()
  }

  override crashed(): void {
    this.receiver.clear()
    super.crashed()
  }

  override extra(now: number): Record<string, number> {
    const { semi_sync_share: _share, phantom_reads: _phantoms, ...extra } = super.extra(now)
    return extra
  }
}

type Described = Neighbour<Options>

const syncs = ({ options }: Described): boolean =>
  options.fsync !== undefined || options.synchronous_commit === 'off'

export const postgresql = kind({
  kind: 'postgresql',
  says: 'database server: PostgreSQL, primary or standby',
  known: settings,
  aliases: ['postgres', 'pgsql', 'pg', 'timescaledb'],
  icon: 'M3 4.5c0-3 12-3 12 0c0 3-12 3-12 0v9c0 3 12 3 12 0v-9M6 10h6',
  example: `
    postgresql: { kind: postgresql, service: exponential(5ms), replicas: [standby] }
    standby: { kind: postgresql, service: exponential(5ms) }`,
  options: postgresqlOptions,
  keepsData: true,
  knowsFullDisk: true,
  encrypts: ({ tls }) => tls,
  misfits: (self, all) => [...misfollowed(self, all), ...fewStandbys(self)],
  counts: {
    ...primaryCounts<Options>(leads),
    lost_writes: {
      unit: 'count',
      says: 'answered writes lost',
      when: (self, all) => leads(self) || (syncs(self) && !isReplicated(self, all)),
      zeroBeside: 'promotions',
    },
    fsyncs: { unit: 'count', says: 'fsyncs of its WAL', when: syncs },
    commit_group: { unit: 'count', says: 'mean number of writes that are committed together', when: syncs },
    ghost_rows: { unit: 'count', says: 'rows that only a deposed primary has', when: leads },
    ...ownCounts<Options>(leads),
    ...lagCounts<Options>(isReplicated),
    ...deadCounts<Options>(isReplicated),
    ...staleCounts<Options>(isReplicated),
  },
  build: (site, options) => new Postgresql(site, options),
})

/** A commit that waits for more standbys than there are waits for ever. */
function fewStandbys({ options }: Described) {
  const there = options.replicas?.length ?? 0
  return options.replicas !== undefined && standbysOf(options) > there
    ? [
        {
          path: ['synchronous_standby_names'],
          message: `expected at most as many as there are replicas, ${there}: every commit would wait for ever`,
        },
      ]
    : []
}
