import { describe, expect, test } from 'vitest'
import { resultOf } from '../../support/ran.js'
import { fault, looks, tally, world } from '../../support/world.js'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

interface Stack {
  options?: string
  spares?: number
  faults?: string
  lasts?: string
  app?: string
  more?: string
  users?: string
}

/** Four servers, and those that are not there at first, behind HAProxy. */
const site = ({
  options = '',
  spares = 0,
  faults = fault('deploy', 'cd', '100s', '10h'),
  lasts = '20min',
  app = 'kind: app, workers: 100, service: 10ms',
  more = '',
  users = 'arrive: constant(20/s), to: lb, timeout: 10s',
}: Stack) => {
  const all = NAMES.slice(0, 4 + spares)
  return `
lasts: ${lasts}
warmup: 0s
hosts: { cd1: {}, ${all.map((name) => `${name}1: { cost: 10 }`).join(', ')} }
users: { u: { ${users} } }
components:
  lb: { kind: haproxy, service: 0s, timeout_connect: 1s, default_server: { check: on, inter: 1s }, servers: [${all}] }
${all.map((name) => `  ${name}: { host: ${name}1, ${app} }`).join('\n')}
  cd:
    kind: deployment
    host: cd1
    targets: [${all.slice(0, 4)}]
    ${spares > 0 ? `spares: [${all.slice(4)}]` : ''}
    ${options}
${more}
faults: [${faults}]
`
}

/** At so many seconds, who can be met: small letters the old version, capitals the new one, whose answers are errors. */
function course(stack: Stack, at: readonly number[] = []) {
  const { model, ended } = world(site({ options: 'version: { errors: 50% }', ...stack }))
  const met = looks(model, at, () =>
    NAMES.flatMap((name) => {
      const one = model.components.get(name)
      if (!one?.serves || !one.inRotation) return []
      return one.soundness.value < 1 ? [name.toUpperCase()] : [name]
    }).join(''),
  )
  model.run()
  return {
    met,
    counts: model.components.get('cd')!.extra(model.kernel.now),
    told: model.context.detections.flatMap(({ component, says, at }) =>
      component === 'cd' ? [`${says} ${Math.round(at * 1000) / 1000}`] : [],
    ),
    outcomes: tally(ended),
    ended,
    model,
  }
}

describe('rolling_update (Kubernetes, apps/v1: Deployment)', () => {
  test('one after the other: 30 s to drain, and the next when it is there', () => {
    const { met, told, counts } = course(
      { options: 'boot: 5s\n    version: { errors: 50% }' },
      [99, 129, 134, 136, 164, 171, 206, 239, 241],
    )
    expect(met).toEqual(['abcd', 'bcd', 'bcd', 'Acd', 'Acd', 'ABd', 'ABC', 'ABC', 'ABCD'])
    expect(told).toEqual(['has rolled out the new version 240'])
    expect(counts).toMatchObject({
      rollouts: 1,
      rolled_back: 0,
      stuck: 0,
      running_servers: 4,
      monthly_cost: 40,
    })
    // From the first to the end, and until the last old one gets nothing new.
    expect(counts.exposed_s).toBeCloseTo(1200 - 135, 6)
    expect(counts.mixed_s).toBeCloseTo(205 - 135, 6)
  })

  test('nothing is lost with the default drain, and what is inside is reset without one', () => {
    const app = 'kind: app, workers: 100, service: 100ms'
    expect(Object.keys(course({ options: '', app }).outcomes)).toEqual(['ok'])
    const undrained = course({ options: 'drain: off\n    version: { errors: 50% }' }, [129, 131])
    expect(undrained.met).toEqual(['abcd', 'Abcd'])
    const { outcomes } = course({
      options: 'drain: off\n    termination_grace_period_seconds: 0s\n    boot: 5s',
      app,
    })
    expect(outcomes['502']! + (outcomes['503'] ?? 0)).toBeGreaterThan(0)
  })

  test('max_unavailable: 2 takes two at a time', () => {
    const { met } = course(
      { options: 'max_unavailable: 2\n    boot: 5s\n    version: { errors: 50% }' },
      [101, 136, 171],
    )
    expect(met).toEqual(['cd', 'AB', 'ABCD'])
  })

  test('with a spare one more is there first; in the end as many run as before', () => {
    const options = 'max_unavailable: 0\n    boot: 5s\n    version: { errors: 50% }'
    const { met, counts } = course({ options, spares: 1 }, [99, 104, 106, 141, 176, 211, 260])
    expect(met).toEqual(['abcd', 'abcd', 'bcdE', 'AcdE', 'ABdE', 'ABCE', 'ABCE'])
    // The fifth from 100 s on; the fourth until its drain is over, 30 s after the new ones are all there.
    expect(counts.running_servers).toBeCloseTo(4 + (240 - 100) / 1200, 2)
    expect(counts.monthly_cost).toBeCloseTo(10 * counts.running_servers!, 6)
  })

  test('min_ready_seconds: the next goes so long after one listens', () => {
    const options = 'min_ready_seconds: 20s\n    boot: 5s\n    version: { errors: 50% }'
    const { met, told } = course({ options }, [136, 154, 156])
    expect(met).toEqual(['Abcd', 'Abcd', 'Acd'])
    expect(told).toEqual(['has rolled out the new version 320'])
  })

  test('a version that never listens stops it: the others go on, and nobody takes it back', () => {
    const options = 'version: { errors: 50%, crash: 0s }'
    const { met, told, counts } = course({ options }, [131, 600])
    expect(met).toEqual(['bcd', 'bcd'])
    // The last progress: the process of the first has been stopped, at 130 s.
    expect(told).toEqual(['no progress within the deadline 730'])
    expect(counts).toMatchObject({ stuck: 1, rolled_back: 0 })
    expect(counts.new_version_answers).toBe(0)
  })

  test('progress_deadline_abort (Argo Rollouts): it goes back then', () => {
    const options =
      'progress_deadline_seconds: 60s\n    progress_deadline_abort: on\n    version: { errors: 50%, crash: 0s }'
    const { met, told, counts } = course({ options }, [189, 191])
    expect(met).toEqual(['bcd', 'abcd'])
    expect(told).toEqual([
      'rolled back: no progress within the deadline 190',
      'has the old version back everywhere 190',
    ])
    expect(counts).toMatchObject({ stuck: 1, rolled_back: 1 })
  })

  test('after for: somebody takes it back, one server after the other', () => {
    const options = 'boot: 5s\n    version: { errors: 50% }'
    const faults = fault('deploy', 'cd', '100s', '40s')
    const { met, told } = course({ options, faults }, [139, 141, 176])
    // The second has not been stopped: it stays. The first goes back.
    expect(met).toEqual(['Acd', 'bcd', 'abcd'])
    expect(told).toEqual(['has the old version back everywhere 175'])
  })
})

test('recreate: all go at once, and all come at once', () => {
  const options = 'strategy: recreate\n    boot: 5s\n    version: { errors: 50% }'
  const { met, counts } = course({ options }, [99, 101, 134, 136])
  expect(met).toEqual(['abcd', '', '', 'ABCD'])
  expect(counts.mixed_s).toBe(0)
})

describe('what the new version does', () => {
  const recreate = (version: string) =>
    `strategy: recreate\n    termination_grace_period_seconds: 0s\n    version: { ${version} }`

  test('errors: of all, or of some classes only, that no health check sees', () => {
    const users = 'arrive: constant(20/s), to: lb, mix: { read: 50%, write: 50% }'
    const share = (version: string) => {
      const { ended } = course({ options: recreate(version), users })
      const late = ended.filter(({ arrived }) => arrived > 101)
      return late.filter(({ outcome }) => outcome === '500').length / late.length
    }
    expect(share('errors: 20%')).toBeCloseTo(0.2, 1)
    expect(share('errors: 20%, class: write')).toBeCloseTo(0.1, 1)
  })

  test('slow: its work takes so many times as long', () => {
    const { ended } = course({ options: recreate('slow: 3') })
    const took = (from: number, to: number) =>
      ended
        .filter(({ arrived }) => arrived > from && arrived < to)
        .map((one) => +(one.ended - one.arrived).toFixed(6))
    expect(new Set(took(0, 99))).toEqual(new Set([0.01]))
    expect(new Set(took(110, 1200))).toEqual(new Set([0.03]))
  })

  test('crash: restarted at once, then after 10 s, 20 s, ... 300 s (Kubernetes, Pod Lifecycle: restart policy)', () => {
    const { model } = world(site({ options: recreate('crash: 5s'), lasts: '30min' }))
    const starts: number[] = []
    const one = model.components.get('a')!
    let was = one.serves
    one.observe(() => {
      if (one.serves && !was) starts.push(Math.round(model.kernel.now))
      was = one.serves
    })
    model.run()
    const pauses = starts.slice(1).map((at, i) => at - starts[i]! - 5)
    expect(pauses.slice(0, 8)).toEqual([0, 10, 20, 40, 80, 160, 300, 300])
  })
})

describe('canary (Argo Rollouts: setWeight, pause, analysis)', () => {
  const canary = (more: string) =>
    `strategy: canary\n    boot: 5s\n    steps: [{ set_weight: 20%, pause: 120s }, { set_weight: 50%, pause: 60s }]\n    version: { errors: 50% }\n    ${more}`

  test('20% of four is one, rounded up; after its pause half, then all', () => {
    const { met, told } = course({ options: canary('') }, [136, 254, 291, 349, 386, 421])
    expect(met).toEqual(['Abcd', 'Abcd', 'ABcd', 'ABcd', 'ABC', 'ABCD'])
    expect(told).toEqual(['has rolled out the new version 420'])
  })

  test('a pause is no delay (Argo Rollouts, specification: progressDeadlineSeconds)', () => {
    const { counts } = course({ options: canary('progress_deadline_seconds: 50s') })
    expect(counts).toMatchObject({ rollouts: 1, stuck: 0 })
  })

  test('one measurement that fails is enough to go back (failureLimit: 0)', () => {
    const { met, told, counts } = course({ options: canary('analysis: { interval: 30s }') }, [164, 166, 201])
    expect(met).toEqual(['Abcd', 'bcd', 'abcd'])
    expect(told).toEqual(['rolled back: too many bad answers 165', 'has the old version back everywhere 200'])
    expect(counts).toMatchObject({ rolled_back: 1, exposed_s: 30 })
    // A quarter of 20/s for 30 s, and checks; half of it errors.
    expect(counts.new_version_answers).toBeGreaterThan(140)
    expect(counts.new_version_answers).toBeLessThan(185)
    expect(counts.new_version_failures! / counts.new_version_answers!).toBeCloseTo(0.5, 0)
  })

  test('failure_limit: 2 takes a third', () => {
    const { told } = course({ options: canary('analysis: { interval: 30s, failure_limit: 2 }') })
    expect(told[0]).toBe('rolled back: too many bad answers 225')
  })

  test('what is good enough goes out, and is measured once more when all have it', () => {
    const { told } = course({ options: canary('analysis: { interval: 30s, success_rate: 20% }') })
    expect(told).toEqual(['has rolled out the new version 435'])
  })

  test('request_duration: a slow version is found out, and a fast one is not', () => {
    const slow = (limit: string) =>
      course({
        options: canary(`analysis: { interval: 30s, request_duration: ${limit} }`).replace(
          'errors: 50%',
          'slow: 3',
        ),
      }).told[0]
    expect(slow('20ms')).toBe('rolled back: its answers took too long 165')
    expect(slow('40ms')).toBe('has rolled out the new version 435')
  })

  test('without an answer a measurement says nothing', () => {
    const users = 'arrive: constant(20/s), to: lb, profile: { 0s: 1, 90s: 0 }'
    const more = 'analysis: { interval: 30s }'
    const text = { options: canary(more), users }
    const quiet = world(site(text).replace('check: on, inter: 1s', 'check: off'))
    quiet.model.run()
    expect(quiet.model.context.detections.map(({ says }) => says)).toEqual(['has rolled out the new version'])
  })
})

describe('blue_green (Argo Rollouts: activeService, scaleDownDelaySeconds)', () => {
  const options = (more = '') =>
    `strategy: blue_green\n    boot: 5s\n    version: { errors: 50% }\n    ${more}`

  test('nobody meets the other group until all of it listens; then all do, at one instant', () => {
    const { met, told, counts } = course({ options: options(), spares: 4 }, [104, 106, 134, 200])
    expect(met).toEqual(['abcd', 'EFGH', 'EFGH', 'EFGH'])
    expect(told).toEqual(['switched to the new version 105', 'has rolled out the new version 135'])
    expect(counts.mixed_s).toBe(0)
    // Both groups run until the old one has been kept for 30 s and drained for 30 s.
    expect(counts.running_servers).toBeCloseTo(4 + (4 * (165 - 100)) / 1200, 6)
  })

  test('those that listen first wait for the others', () => {
    const times = Array.from({ length: 80 }, (_, i) => 100 + i / 10)
    const { met, told } = course({ options: options().replace('5s', 'uniform(1s, 7s)'), spares: 4 }, times)
    expect(new Set(met)).toEqual(new Set(['abcd', 'EFGH']))
    expect(told[0]).not.toBe('switched to the new version 101')
  })

  test('nothing is lost in the switch', () => {
    const { outcomes } = course({ options: options().replace('errors: 50%', 'slow: 1'), spares: 4 })
    expect(Object.keys(outcomes)).toEqual(['ok'])
  })

  test('as long as the analysis goes on the old group stays, and the switch back takes no time', () => {
    const { met, told, counts } = course(
      { options: options('analysis: { interval: 1min }'), spares: 4 },
      [164, 166],
    )
    expect(met).toEqual(['EFGH', 'abcd'])
    expect(told).toEqual([
      'switched to the new version 105',
      'rolled back: too many bad answers 165',
      'switched to the old version 165',
      'has the old version back everywhere 195',
    ])
    expect(counts.exposed_s).toBeCloseTo(60, 6)
  })

  test('once the old group is gone it has to be started first', () => {
    const faults = fault('deploy', 'cd', '100s', '200s')
    const { met, told } = course({ options: options(), spares: 4, faults }, [304, 306])
    expect(met).toEqual(['EFGH', 'abcd'])
    expect(told.at(-2)).toBe('switched to the old version 305')
  })

  test('a version that does not listen is never switched to', () => {
    const { met, counts } = course(
      { options: options().replace('errors: 50%', 'errors: 50%, crash: 0s'), spares: 4 },
      [600],
    )
    expect(met).toEqual(['abcd'])
    expect(counts).toMatchObject({ exposed_s: 0, stuck: 1 })
  })
})

describe('files', () => {
  const files = (more = '') =>
    `strategy: recreate\n    restarts: off\n    copy: 20s\n    version: { errors: 50% }\n    ${more}`

  test('restarts: off changes them under the process, which goes on; copy: is how long they take', () => {
    const { met, model } = course({ options: files() }, [101, 119, 121])
    expect(met).toEqual(['abcd', 'abcd', 'ABCD'])
    expect(model.components.get('a')!.deaths).toBe(0)
  })

  test('going back takes no copying: old releases are kept (Capistrano: keep_releases)', () => {
    const { met } = course({ options: files(), faults: fault('deploy', 'cd', '100s', '40s') }, [139, 141])
    expect(met).toEqual(['ABCD', 'abcd'])
  })

  test('a server that is cut off keeps what it has, and gets it when it can be reached', () => {
    const faults = `${fault('deploy', 'cd', '100s', '10h')}, ${fault('partition', 'cd -> b', '110s', '60s')}`
    const { met, told } = course({ options: files(), faults }, [121, 169, 191])
    expect(met).toEqual(['AbCD', 'AbCD', 'ABCD'])
    expect(told).toEqual(['has rolled out the new version 190'])
  })

  test('nothing goes on while its own process is dead, and it goes on from there', () => {
    const faults = `${fault('deploy', 'cd', '100s', '10h')}, ${fault('crash', 'cd', '110s', '60s')}`
    const { met } = course({ options: files(), faults }, [121, 169, 191])
    expect(met).toEqual(['abcd', 'abcd', 'ABCD'])
  })

  test('assets of the one version are not found on servers of the other: 404', async () => {
    const options = 'restarts: off\n    copy: 100s\n    assets: css\n    version: { slow: 1.5 }'
    const users = 'arrive: constant(100/s), to: lb, mix: { page: 50%, css: 50% }'
    const app = 'kind: app, workers: 100, service: { css: 1ms, default: 2ms }'
    const { ended } = course({ options, users, app })
    const missing = (from: number, to: number) => {
      const asked = ended.filter(({ arrived }) => arrived > from && arrived < to)
      return asked.filter(({ outcome }) => outcome === '404').length / asked.length
    }
    expect(missing(0, 199)).toBe(0)
    // One server of four: half of what is asked are assets, of which 2 * 1/4 * 3/4 are of the wrong version.
    expect(missing(201, 299)).toBeCloseTo(0.5 * 2 * 0.25 * 0.75, 1)
    expect(missing(301, 399)).toBeCloseTo(0.5 * 2 * 0.5 * 0.5, 1)
    expect(missing(501, 1200)).toBe(0)
    const text = `replications: 2\n${site({ options, users, app, lasts: '8min' })}`
    const failures = (await resultOf(text)).causes.filter(({ of }) => of === 'fault')
    expect(failures.map(({ chain }) => chain.at(-1)!.what)).toEqual(['other version'])
  })
})

test('a server whose process is dead is replaced first, beyond what may be away', () => {
  const options = 'boot: 5s\n    version: { errors: 50% }'
  const faults = `${fault('deploy', 'cd', '100s', '10h')}, ${fault('crash', 'd', '90s', '15s')}`
  const { met } = course({ options, faults }, [101, 136])
  expect(met[0]).toBe('abc')
  expect(met[1]).toContain('D')
})
