import type * as z from 'zod'
import { count, flag, law, oneOf, period } from '../../options/types.js'

/** What a MySQL server can say of its commits. */
export const commitOptions = {
  flavour: oneOf('mariadb', 'mysql')
    .prefault('mariadb')
    .describe('whose defaults: MariaDB 10.11, or MySQL 8.0, which writes a binlog everywhere'),
  fsync: law()
    .optional()
    .describe(
      'of a log at a commit; those that wait for it together have one (group commit). Default: none waits',
    ),
  innodb_flush_log_at_trx_commit: count(0, 2)
    .prefault(1)
    .describe(
      '1: each commit waits for an fsync of the redo log; 2, 0: there is one a second, and a loss of power (0: also a crash) costs what came since',
    ),
  sync_binlog: count(0, 4_294_967_295)
    .optional()
    .describe('groups of commits to an fsync of the binlog; 0: none. Default 0; flavour mysql 1'),
  rpl_semi_sync_master_enabled: flag()
    .prefault('off')
    .describe('as the primary it answers a write when one replica has received it'),
  rpl_semi_sync_master_timeout: period()
    .prefault('10s')
    .describe('longest wait for that; then asynchronous until a replica has everything'),
  rpl_semi_sync_master_wait_point: oneOf('AFTER_SYNC', 'AFTER_COMMIT')
    .optional()
    .describe(
      'where it waits: before others see the write, or after. Default AFTER_COMMIT; flavour mysql AFTER_SYNC',
    ),
} as const

type CommitOptions = z.output<z.ZodObject<typeof commitOptions>>

/** Commits to an fsync of the binlog; 0: it has none. */
export const syncBinlog = ({ flavour, sync_binlog }: CommitOptions): number =>
  sync_binlog ?? (flavour === 'mysql' ? 1 : 0)

/** Whether it writes a binlog though it has no replicas. */
export const alwaysLogs = ({ flavour, sync_binlog }: CommitOptions): boolean =>
  flavour === 'mysql' || sync_binlog !== undefined

/** Whether a write waits for a replica before others see it. */
export const awaitsUnseen = ({
  flavour,
  rpl_semi_sync_master_enabled,
  rpl_semi_sync_master_wait_point = flavour === 'mysql' ? 'AFTER_SYNC' : 'AFTER_COMMIT',
}: CommitOptions): boolean => rpl_semi_sync_master_enabled && rpl_semi_sync_master_wait_point === 'AFTER_SYNC'

/** Whether it is asked who sees what is waited for. */
export const asksWhoSees = (options: CommitOptions): boolean =>
  awaitsUnseen(options) ||
  (options.rpl_semi_sync_master_enabled && options.rpl_semi_sync_master_wait_point !== undefined)

/** Whether something is said of how commits become durable, or they wait for one another. */
export const saysHowDurable = (options: CommitOptions): boolean =>
  awaitsUnseen(options) ||
  options.fsync !== undefined ||
  options.sync_binlog !== undefined ||
  options.innodb_flush_log_at_trx_commit !== 1
