import type * as z from 'zod'
import { counting, timeSaid } from '../../options/spell.js'
import { count, duration, oneOf } from '../../options/types.js'
import type { Spawning } from './children.js'

/** The process manager of a PHP-FPM pool (`pm`), and what its rules need. Defaults are those of the www.conf it comes with. */
export const pmOptions = {
  pm: oneOf('static', 'dynamic', 'ondemand')
    .prefault('static')
    .describe(
      'static: all workers are there from the start; dynamic: more are started where few are idle, as www.conf has it; ondemand: where a connection finds none idle',
    ),
  start_servers: count(1, 100_000)
    .optional()
    .describe('pm.start_servers: workers at first, with dynamic; default halfway between the spare ones'),
  min_spare_servers: count(1, 100_000)
    .optional()
    .describe('pm.min_spare_servers: with fewer idle ones some are started, once a second; default 1'),
  max_spare_servers: count(1, 100_000)
    .optional()
    .describe('pm.max_spare_servers: with more idle ones one is ended, once a second; default 3'),
  process_idle_timeout: duration()
    .optional()
    .describe('pm.process_idle_timeout: with ondemand, from when a worker is idle to its end; default 10s'),
} as const

interface PmOptions {
  readonly workers: number
  readonly pm: 'static' | 'dynamic' | 'ondemand'
  readonly start_servers?: number | undefined
  readonly min_spare_servers?: number | undefined
  readonly max_spare_servers?: number | undefined
  readonly process_idle_timeout?: number | undefined
}

/** To which rule each of them belongs. */
const RULES = {
  start_servers: 'dynamic',
  min_spare_servers: 'dynamic',
  max_spare_servers: 'dynamic',
  process_idle_timeout: 'ondemand',
} as const

/** PHP-FPM's defaults: pm.start_servers as fpm_conf.c works it out, the others as in www.conf. */
function sparesOf({ start_servers, min_spare_servers: least = 1, max_spare_servers: most = 3 }: PmOptions) {
  return { start: start_servers ?? least + Math.floor((most - least) / 2), least, most }
}

/** What PHP-FPM does not start with (fpm_conf.c), and what the rule has no use for. */
export function pmChecked(options: PmOptions, ctx: z.core.$RefinementCtx): void {
  const says = (path: keyof PmOptions, message: string) =>
    ctx.addIssue({ code: 'custom', path: [path], message })
  for (const [name, rule] of Object.entries(RULES) as [keyof typeof RULES, string][])
    if (options[name] !== undefined && options.pm !== rule) says(name, `expected pm: ${rule} too`)
  if (options.pm !== 'dynamic') return
  const { start, least, most } = sparesOf(options)
  if (most > options.workers)
    says(
      'max_spare_servers',
      `expected ${options.workers} or fewer, as many as there are workers, not ${most}`,
    )
  if (least > most) says('min_spare_servers', `expected ${most} or fewer (max_spare_servers), not ${least}`)
  else if (start < least || start > most)
    says('start_servers', `expected ${least} to ${most} (min_spare_servers, max_spare_servers), not ${start}`)
}

/** By what rule workers are started; null: all are there. */
export function spawningOf(options: PmOptions): Spawning | null {
  if (options.pm === 'dynamic') return { by: 'spare', ...sparesOf(options), frugal: true }
  return options.pm === 'ondemand' ? { by: 'demand', idle: options.process_idle_timeout ?? 10 } : null
}

/** How its workers come and go; nothing where all are there from the start. */
export function spawningTold(rule: Spawning | null): string[] {
  if (rule === null) return []
  if (rule.by === 'demand')
    return [
      `has no worker at first: one is started when a connection finds none idle, where several come at once also only one, and ended once it has been idle for ${timeSaid(rule.idle)}`,
    ]
  const { start, least, most, frugal } = rule
  return [
    `has ${counting(start, 'worker')} at first; once a second, where fewer than ${least} are idle, ${frugal ? 'as many as are missing are started, but only' : 'more are started:'} 1, then 2, 4, up to 32 at a time, and where more than ${most} are, one is ended`,
  ]
}
