import { describe, expect, it } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { Model } from '../../sim/model/model.js'
import { Stream } from '../../sim/random/stream.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError } from '../../sim/scenario/problem.js'
import { variantOf } from '../../sim/scenario/variant.js'

const text = (arrive: string, more = '') => `
lasts: 20s
warmup: 0s
replications: 1
hosts: { a: {}, b: {} }
users:
  web: { arrive: ${arrive}, to: front, timeout: 1s }
  bots: { arrive: poisson(20/s), to: front, malicious: true }
components:
  front: { kind: balancer, servers: [one, two] }
  one: { kind: service, host: a, service: 1ms }
  two: { kind: service, host: b, service: 1ms }
${more}`
const scenario = parseScenario(text('poisson(10/s)'), 'x.yaml')

describe('a scenario under another load', () => {
  it('has the same gaps between visitors, all divided by the factor, and attackers as they were', () => {
    const faster = variantOf(scenario, { load: 4 })
    const gapsOf = (one: typeof scenario, who: number) => {
      const { arrive, name } = one.users[who]!
      if (!('open' in arrive)) throw new Error('open users')
      const gaps = arrive.open.start(new Stream(`${one.seed}/0/${name}/arrivals`))
      return Array.from({ length: 50 }, () => gaps.next())
    }
    const [slow, quick] = [gapsOf(scenario, 0), gapsOf(faster, 0)]
    for (const [i, gap] of slow.entries()) expect(quick[i]).toBe(gap / 4)
    expect(gapsOf(faster, 1)).toEqual(gapsOf(scenario, 1))
    const rates = faster.users.map(({ arrive }) => ('open' in arrive ? arrive.open.rate : 0))
    expect(rates).toEqual([40, 20])
  })

  it('says of a recording that it cannot come more often', () => {
    const reading = () => '0\n1\n2\n'
    const recorded = () => parseScenario(text('trace(r.csv)'), 'x.yaml', { load: 2 }, reading)
    expect(recorded).toThrow(ScenarioError)
    expect(recorded).toThrow(/is a recording: who came when is known/)
    expect(parseScenario(text('trace(r.csv)'), 'x.yaml', { load: 1 }, reading).users).toHaveLength(2)
  })
})

describe('what is lost', () => {
  it('is dead and silent from the start, and no fault that struck', () => {
    const lost = variantOf(scenario, { lost: ['a'] })
    const model = new Model(lost, 0)
    model.run()
    expect(model.faultCalendar.strikes).toEqual([])
    const { all, components } = replicate(lost, 0)
    expect(components.one!.outcomes.every((count) => count === 0)).toBe(true)
    // Every second visitor goes to the dead one, and hears nothing for as long as he waits.
    expect(all.good / all.offered).toBeCloseTo(0.5, 1)
    expect(all.latency.max).toBeLessThan(1)
  })

  it('has a name that there is', () => {
    expect(() => variantOf(scenario, { lost: ['c'] })).toThrow(/no host and no component "c"/)
  })
})

describe('what a host costs', () => {
  const costing = (cost: string) =>
    parseScenario(text('poisson(10/s)').replace('a: {}', `a: { cost: ${cost} }`), 'x.yaml')

  it('is a number of money, or not known', () => {
    expect(costing('12.5').hosts.map(({ cost }) => cost)).toEqual([12.5, undefined])
    expect(costing('0').hosts[0]!.cost).toBe(0)
    expect(() => costing('-1')).toThrow(/from 0/)
    expect(() => costing('cheap')).toThrow(ScenarioError)
  })
})
