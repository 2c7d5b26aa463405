import { counting } from '../../options/spell.js'
import { asWritten, rewritten } from '../../scenario/variant.js'
import type { Found, Tried } from './remedy.js'
import { servedBy, servingOf } from './serving.js'

/** Of what the stack carries, the share that is let in; and for how long more may come at once: seconds. */
const LET_IN = 0.95
const BURST = 0.2

/**
 * Rate limit: the web servers in front let in no more than the stack carries, and answer the others with an error at
 * once. It brings no more: it keeps those who are let in from waiting with all others.
 * @param carried requests a second that the stack carries
 */
export function rateLimited({ scenario }: Pick<Found, 'scenario'>, carried: number): Tried {
  const serving = servingOf(scenario)
  const limiting = scenario.components.filter(
    ({ name, options }) => serving.includes(name) && 'limit_req' in options,
  )
  const able = scenario.components.filter(
    ({ name, kind }) => serving.includes(name) && 'limit_req' in kind.options.shape,
  )
  const [limited] = limiting.filter(({ options }) => options.limit_req !== undefined)
  if (limited !== undefined) return { because: `there is one: limit_req of ${limited.name}` }
  if (able.length === 0) return { because: 'nothing here can limit a rate (limit_req of nginx)' }
  const behind = new Set(able.flatMap(({ name }) => below(name, scenario)))
  const front = able.map(({ name }) => name).filter((name) => !behind.has(name))
  const { components } = asWritten(scenario)
  const each = (carried * LET_IN) / front.length
  const limit_req = { rate: `${each.toFixed(3)}/s`, burst: Math.ceil(each * BURST), nodelay: 'on' }
  return {
    says: `${front.join(' and ')} let in ${counting(Math.round(carried * LET_IN), 'request')} a second${front.length > 1 ? ' together' : ''} (limit_req), and answer the others with an error at once`,
    scenario: rewritten(scenario, {
      components: Object.fromEntries(
        Object.entries(components).map(([name, entry]) => [
          name,
          front.includes(name) ? { ...entry, limit_req } : entry,
        ]),
      ),
    }),
  }
}

/** All that is asked by `name`, or by those whom it asks. */
function below(name: string, scenario: Parameters<typeof servingOf>[0]): string[] {
  const found: string[] = []
  const waiting = servedBy(name, scenario.components).flat()
  for (const one of waiting) {
    if (found.includes(one)) continue
    found.push(one)
    waiting.push(...servedBy(one, scenario.components).flat())
  }
  return found
}
