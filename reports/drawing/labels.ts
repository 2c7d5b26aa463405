import type { Scenario } from '../../sim/scenario/scenario.js'
import { kindsOf } from '../words/counts.js'
import { digits } from '../words/numbers.js'
import { roughly, type View } from './view.js'

/** What boxes say in drawings that are texts: lines. */
interface Labels {
  box(name: string): string[]
  users(name: string): string[]
  host(name: string): string
}

export function labelsIn(scenario: Scenario, view: View): Labels {
  const kinds = kindsOf(scenario)
  const used = (share: number | null) => (share === null ? [] : [`${roughly(share)} used`])
  const joined = (parts: readonly (string | false)[]) => parts.filter(Boolean).join(' · ')
  return {
    box(name) {
      const throughput = view.throughput(name)
      const { kind } = kinds.get(name)!
      const second = joined([kind, throughput !== null && `${digits(throughput)}/s`])
      const third = joined([
        ...used(view.used(name, 'component')),
        view.words(name, 'component'),
        ...view.struck(name),
      ])
      return [name, second, third].filter((line) => line !== '')
    },
    users(name) {
      const asked = view.asked(name)
      const { arriveText } = scenario.users.find((one) => one.name === name)!
      return [name, asked === null ? arriveText : `${digits(asked)}/s`]
    },
    host(name) {
      const { cores } = scenario.hosts.find((one) => one.name === name)!
      return joined([
        name,
        `${cores} ${cores === 1 ? 'core' : 'cores'}`,
        ...used(view.used(name, 'host')),
        view.words(name, 'host'),
        ...view.struck(name),
      ])
    },
  }
}
