import type * as z from 'zod'
import { count, law, oneOf } from '../../options/types.js'

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
} as const

type CommitOptions = z.output<z.ZodObject<typeof commitOptions>>

/** Commits to an fsync of the binlog; 0: it has none. */
export const syncBinlog = ({ flavour, sync_binlog }: CommitOptions): number =>
  sync_binlog ?? (flavour === 'mysql' ? 1 : 0)

/** Whether it writes a binlog though it has no replicas. */
export const alwaysLogs = ({ flavour, sync_binlog }: CommitOptions): boolean =>
  flavour === 'mysql' || sync_binlog !== undefined

/** Whether something is said of how commits become durable. */
export const saysHowDurable = (options: CommitOptions): boolean =>
  options.fsync !== undefined ||
  options.sync_binlog !== undefined ||
  options.innodb_flush_log_at_trx_commit !== 1
