import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { kinds } from '../../sim/components/registry.js'
import type { Kind } from '../../sim/parts/kind.js'
import { play } from '../support/world.js'

/** The example of a kind, whose component has `options`, on a machine with `memory`; visitors come until 40 s. */
function run({ kind, example }: Kind, options: object, faults: object[], memory?: string) {
  const components = parse(example) as Record<string, object>
  return play(
    stringify({
      lasts: '80s',
      warmup: '0s',
      hosts: { own: { cores: 4, ...(memory !== undefined && { memory }) } },
      users: {
        u: { arrive: 'poisson(20/s)', profile: { '0s': 1, '40s': 0 }, timeout: '5s', retries: 1, to: kind },
      },
      components: { ...components, [kind]: { ...components[kind], host: 'own', ...options } },
      faults,
    }),
  )
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (name, kind) => {
  test('gets over its deaths, those of its starts that fail, and the death of its machine among them', () => {
    const crash = { kind: 'crash', target: name }
    const { model, ended } = run(kind, { restart: { restart_sec: '700ms', start_limit_burst: 0 } }, [
      { ...crash, at: '5s' },
      { ...crash, at: '5.5s' },
      { ...crash, at: '10s', for: '3s' },
      { kind: 'crash', target: 'own', at: '12s', for: '4s' },
      { ...crash, at: '30.05s' },
    ])
    const component = model.components.get(name)!
    expect(component.serves).toBe(true)
    expect(component.everyCount(80)).toMatchObject({ gave_up: 0 })
    // At 5.7 s; 10.7 s and 11.4 s fail; at 16 s with its machine, and at 30.75 s.
    expect(component.everyCount(80)).toMatchObject({ restarts: 5, failed_starts: 2 })
    expect(component.probe.inside.value).toBe(0)
    expect(
      ended.filter(({ arrived, outcome }) => arrived > 17 && arrived < 30 && outcome === 'ok').length,
    ).toBeGreaterThan(150)
  })
})

/** Who looks at others, or answers in microseconds: nobody is inside when memory is looked at. */
const LOOKS = [
  'nameserver',
  'redis',
  'orchestrator',
  'mha',
  'mariadbmon',
  'monitor',
  'autoscaler',
  'sentinel',
  'logsearch',
  'hotline',
  'deployment',
]

test.each(kinds.filter(({ kind }) => !LOOKS.includes(kind)).map((kind) => [kind.kind, kind] as const))(
  '%s is killed for its memory again and again, and started',
  (name, kind) => {
    // Whatever it is, one request is one too many at times.
    const { model } = run(
      kind,
      { memory: '100MB', memory_per_request: '1kB', restart: { restart_sec: '3s' } },
      [],
      '100.0001MB',
    )
    const component = model.components.get(name)!
    expect(component.serves).toBe(true)
    expect(component.probe.inside.value).toBe(0)
    const { oom_kills, restarts } = component.everyCount(80)
    expect(restarts).toBe(oom_kills)
    expect(oom_kills).toBeGreaterThan(0)
  },
)
