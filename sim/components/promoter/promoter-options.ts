import type * as z from 'zod'
import { listed } from '../../options/spell.js'
import { law, refs } from '../../options/types.js'
import type { Neighbour } from '../../parts/kind.js'
import { watchesToPromote } from '../mysql/tools.js'

/** What every tool that promotes can say. */
export const promoterOptions = {
  servers: refs({ kind: 'mysql', role: 'watches' }).describe('the primary and all of its replicas'),
  promote: law()
    .prefault('3s')
    .describe('from when the primary is declared dead to the new one (an assumption)'),
  tells: refs({ role: 'tells' })
    .optional()
    .describe(
      'applications that it has to reach before they know the new primary, and go on with the old one until then; others know at once',
    ),
} as const

export type PromoterOptions = z.output<z.ZodObject<typeof promoterOptions>>

type Self = Neighbour<PromoterOptions>

/** What does not fit with the servers, the applications, and others that promote. */
export function promoterMisfits({ name, options }: Self, all: readonly Neighbour[]) {
  const names = options.servers.map((one) => one.name)
  const said = (path: (string | number)[], message: string) => ({ path, message })
  const leader = all.find((one) => names.includes(one.name) && one.options.replicas !== undefined)
  if (leader === undefined)
    return [said(['servers'], 'expected a primary among them: a mysql server with replicas: [...]')]
  const members = [leader.name, ...namesIn(leader.options.replicas)]
  const promotion = leader.options.promotion as { mode: string }
  const rivals = all.filter((one) => one.name !== name && watchesToPromote(one, leader.name))
  return [
    ...(members.length === names.length && members.every((member) => names.includes(member))
      ? []
      : [said(['servers'], `expected ${leader.name} and all of its replicas: [${members.join(', ')}]`)]),
    ...(promotion.mode === 'none'
      ? []
      : [said(['servers'], `${leader.name} says promotion: itself, and one alone decides`)]),
    ...(rivals.length === 0
      ? []
      : [
          said(
            ['servers'],
            `${listed(rivals.map((one) => one.name))} may promote there too, and one alone decides`,
          ),
        ]),
    ...(options.tells ?? []).flatMap((app, i) => {
      const told = all.find((one) => one.name === app.name)?.options
      if (told?.finds_primary !== undefined)
        return [said(['tells', i], `${app.name} finds it by itself (finds_primary:)`)]
      return namesIn(told?.database).some((server) => members.includes(server))
        ? []
        : [said(['tells', i], `${app.name} asks none of these servers (database:)`)]
    }),
  ]
}

const namesIn = (refs: unknown): string[] => (Array.isArray(refs) ? refs.map(({ name }) => name) : [])

/** What all of them count. */
export const promoterCounts = {
  declared_dead: {
    unit: 'count',
    says: 'times that it took the primary for dead',
  },
  held_back: { unit: 'count', says: 'times that it saw the primary gone and left it the primary' },
} as const
