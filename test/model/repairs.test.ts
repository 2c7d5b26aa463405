import { describe, expect, it } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { ScenarioError } from '../../sim/scenario/problem.js'

const stack = (repair: string, components = '') => `
lasts: 60s
warmup: 0s
users: { web: { arrive: constant(1/s), to: a } }
components:
  a: { kind: service, service: 1ms, next: [b] }
  b: { kind: service, service: 1ms }
${components}
faults:
  - { kind: crash, target: a, mtbf: 10s, mttr: 4s }
  - { kind: crash, target: b, mtbf: 11s, mttr: 5s }
${repair}`

/** From when to when each was away, as long as it began in the first 30 s. */
function away(repair: string, components = ''): [number, number][] {
  const { strikes } = replicate(parseScenario(stack(repair, components), 'stack.yaml'), 0)
  return strikes.filter(({ from }) => from < 30).map(({ from, to }) => [from, +to.toFixed(6)])
}

const problemsOf = (text: string): string[] => {
  try {
    parseScenario(text, 'stack.yaml')
    return []
  } catch (error) {
    return (error as ScenarioError).problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

describe('who repairs what breaks by chance', () => {
  it('is there at once where nothing is said', () => {
    const usual = [
      [10, 14],
      [11, 16],
      [24, 28],
      [27, 32],
    ]
    expect(away('')).toEqual(usual)
    expect(away('repair: { crews: 2 }')).toEqual(usual)
  })

  it('is with the other one first, who failed before', () => {
    expect(away('repair: { crews: 1 }')).toEqual([
      [10, 14],
      [11, 19],
      [24, 28],
    ])
  })

  it('does not know of it before visitors have complained', () => {
    expect(away('repair: { notice: { by: visitors, after: 2s } }')).toEqual([
      [10, 16],
      [11, 18],
      [26, 32],
      [29, 36],
    ])
  })

  it('learns of it by the alert of a monitor that watches it, of others from visitors', () => {
    const eye =
      '  eye: { kind: monitor, targets: [a], scrape_interval: 1ms, evaluation_interval: 1ms, for: 2ms, group_wait: 1s }'
    const [[, a], [, b]] = away('repair: { notice: { by: monitor, after: 3s, unwatched: 20s } }', eye) as [
      [number, number],
      [number, number],
    ]
    // For what refuses; what is silent takes a timeout beside.
    expect(a).toBeCloseTo(10 + 1 + 3 + 4, 1)
    expect(b).toBeCloseTo(11 + 20 + 5, 6)
  })

  it('learns of it by the monitor that notices first, whichever stands first in the file', () => {
    const eye = (name: string, groupWait: string) =>
      `  ${name}: { kind: monitor, targets: [a], scrape_interval: 1ms, evaluation_interval: 1ms, group_wait: ${groupWait} }`
    for (const eyes of [
      [eye('one', '1s'), eye('two', '3s')],
      [eye('one', '3s'), eye('two', '1s')],
    ]) {
      const [[, back]] = away('repair: { notice: { by: monitor, unwatched: 20s } }', eyes.join('\n')) as [
        [number, number],
      ]
      expect(back).toBeCloseTo(10 + 1 + 4, 1)
    }
  })

  it('learns of it when the first who is told has read it', () => {
    const eye = (more: string) =>
      `  eye: { kind: monitor, targets: [a], scrape_interval: 1ms, evaluation_interval: 1ms, group_wait: 1s, ${more} }`
    const ways = 'receivers: [{ name: mail, delay: 9s }, { name: pager, delay: 2s }]'
    const routes =
      'route: { receiver: mail, routes: [{ receiver: pager, continue: on }, { receiver: mail }] }'
    const back = (more: string) => away('repair: { notice: { by: monitor } }', eye(more))[0]![1]
    expect(back(`${ways}, ${routes}`)).toBeCloseTo(10 + 1 + 2 + 4, 1)
    expect(back('receivers: [{ name: mail, delay: 9s }]')).toBeCloseTo(10 + 1 + 9 + 4, 1)
  })

  it('is told what cannot be', () => {
    expect(problemsOf(stack('repair: { crews: 0 }')).join()).toContain('crews')
    expect(problemsOf(stack('repair: { notice: { by: monitor } }'))).toEqual([
      'repair.notice.by: there is no monitor among the components: say visitors',
    ])
    expect(problemsOf(stack('repair: { notice: { by: visitors, unwatched: 1min } }'))).toEqual([
      'repair.notice.unwatched: is for by: monitor: visitors watch everything',
    ])
    expect(problemsOf(stack('repair: { crew: 1 }')).join()).toContain('crew')
  })
})

describe('a fault before the measured span', () => {
  const dead = (at: string, warmup = '30s') =>
    stack('')
      .replace('warmup: 0s', `warmup: ${warmup}`)
      .replace(/faults:[^$]*/, `faults: [{ kind: crash, target: b, at: ${at} }]`)

  it('has struck when that begins', () => {
    const { all, strikes } = replicate(parseScenario(dead('-20s'), 'stack.yaml'), 0)
    expect(strikes[0]!.from).toBe(-20)
    expect(all.outcomes[0]).toBe(0)
  })

  it('is told where the run begins later', () => {
    expect(problemsOf(dead('-31s'))).toEqual(['faults.0.at: is before the start of the run (warmup:)'])
    expect(problemsOf(dead('-1s', 'auto'))).toHaveLength(1)
  })
})
