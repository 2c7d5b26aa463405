import { describe, expect, test } from 'vitest'
import { Kernel } from '../../sim/kernel/kernel.js'
import { Dial } from '../../sim/parts/dial.js'
import { restartOptions, restartTold } from '../../sim/parts/restart-policies.js'
import { Supervisor } from '../../sim/parts/supervisor.js'
import { play, problemsOf, tally, world } from '../support/world.js'

/** A process of which is noted when it comes and goes, seconds to the microsecond; `bend` at a time, for so long. */
function supervised(
  said: object,
  faults: readonly (readonly [of: 'able' | 'power' | 'up', at: number, lasts: number])[],
  until: number,
) {
  const kernel = new Kernel()
  const [alive, up, power] = [new Dial(1), new Dial(1), new Dial(1)]
  const supervisor = new Supervisor(kernel, alive, up, power, restartOptions.parse(said))
  const seen: [at: number, there: number][] = []
  const note = () => {
    const there = alive.value * up.value * power.value
    if (there !== (seen.at(-1)?.[1] ?? 1)) seen.push([+kernel.now.toFixed(6), there])
  }
  alive.watch(note)
  up.watch(note)
  power.watch(note)
  const dials = { able: supervisor.able, power, up }
  for (const [of, at, lasts] of faults) {
    kernel.after(at, () => dials[of].bend(0), null)
    if (lasts < Number.POSITIVE_INFINITY) kernel.after(at + lasts, () => dials[of].unbend(0), null)
  }
  kernel.run(until)
  return { seen, supervisor }
}

describe('systemd', () => {
  test('starts what died after RestartSec, 100 ms (systemd.service)', () => {
    const { seen, supervisor } = supervised({}, [['able', 5, 0]], 60)
    expect(seen).toEqual([
      [5, 0],
      [5.1, 1],
    ])
    expect([supervisor.starts, supervisor.failed, supervisor.gaveUp]).toEqual([1, 0, false])
    expect(supervised({ restart_sec: '2s' }, [['able', 5, 0]], 60).seen[1]).toEqual([7, 1])
  })

  test('gives up after 5 starts in 10 s, StartLimitBurst in StartLimitIntervalSec, and never tries again (systemd.unit)', () => {
    const { seen, supervisor } = supervised({}, [['able', 5, 1]], 600)
    expect(seen).toEqual([[5, 0]])
    // At 5.1, .2, .3, .4 and .5; the sixth, at 5.6, is not made.
    expect([supervisor.starts, supervisor.failed, supervisor.gaveUp]).toEqual([5, 5, true])
  })

  test('is back from what lasts less than that takes', () => {
    expect(supervised({}, [['able', 5, 0.45]], 60).seen[1]).toEqual([5.5, 1])
  })

  test('never gives up where RestartSec times the burst is longer than the interval, or a limit is 0', () => {
    // Starts at 3 s, 6 s, 9 s and 12 s count in one window of 10 s, and the next begins one of its own.
    const slow = supervised({ restart_sec: '3s' }, [['able', 5, 300]], 600)
    expect(slow.supervisor.gaveUp).toBe(false)
    expect(slow.seen.at(-1)).toEqual([305, 1])
    for (const limit of [{ start_limit_burst: 0 }, { start_limit_interval_sec: '0s' }])
      expect(supervised(limit, [['able', 5, 1.05]], 600).seen.at(-1)).toEqual([6.1, 1])
  })

  test('counts starts in windows that begin with a start, not in the last 10 s (ratelimit_below, src/basic/ratelimit.c)', () => {
    const crashes = [0, 8, 9, 9.5, 9.8, 10.5, 11, 12, 13].map((at) => ['able', at, 0] as const)
    // The window that began at 0.1 ends at 10.1; six starts within 4 s were none too many.
    const { supervisor } = supervised({}, crashes, 60)
    expect([supervisor.starts, supervisor.gaveUp]).toEqual([9, false])
    // The limit of one window.
    const six = [0, 1, 2, 3, 4, 5].map((at) => ['able', at, 0] as const)
    expect(supervised({}, six, 60).supervisor.gaveUp).toBe(true)
  })

  test('dies with its machine: what is there then is started at once, whatever was before', () => {
    const { seen } = supervised(
      {},
      [
        ['able', 5, 1],
        ['power', 20, 10],
      ],
      60,
    )
    expect(seen).toEqual([
      [5, 0],
      [30, 1],
    ])
    // And what cannot run yet is tried from then on.
    const tried = supervised(
      {},
      [
        ['power', 20, 10],
        ['able', 25, 5.25],
      ],
      60,
    )
    expect(tried.seen.at(-1)).toEqual([30.3, 1])
  })

  test('gives way to who stops it on purpose and starts it: at once, and though it had given up', () => {
    // Dead at 5, stopped from 5.05 to 25: nobody starts it at 5.1.
    expect(
      supervised(
        {},
        [
          ['able', 5, 0],
          ['up', 5.05, 20],
        ],
        60,
      ).seen,
    ).toEqual([
      [5, 0],
      [25.05, 1],
    ])
    const { seen, supervisor } = supervised(
      {},
      [
        ['able', 5, 1],
        ['up', 30, 2],
      ],
      60,
    )
    expect(seen).toEqual([
      [5, 0],
      [32, 1],
    ])
    expect(supervisor.gaveUp).toBe(false)
  })

  test('leaves alone what was stopped on purpose', () => {
    expect(supervised({}, [['up', 5, 20]], 60).seen).toEqual([
      [5, 0],
      [25, 1],
    ])
  })
})

describe('others wait longer and longer', () => {
  const starts = (by: string, faults: Parameters<typeof supervised>[1], until: number) =>
    supervised({ by }, faults, until)
      .seen.filter(([, there]) => there === 1)
      .map(([at]) => at)

  test('Kubernetes: at once, then 10 s, 20 s, .. 300 s (Pod Lifecycle: CrashLoopBackOff)', () => {
    // Each start but the last fails: at 0, 10, 30, 70, 150, 310, 610 and 910 s after the first death.
    for (const [lasts, back] of [
      [1, 10],
      [11, 30],
      [31, 70],
      [151, 310],
      [311, 610],
      [611, 910],
    ] as const)
      expect(starts('kubernetes', [['able', 5, lasts]], 2000)).toEqual([5 + back])
  })

  test('Kubernetes: anew after it ran for more than 10 minutes (backoff.go: hasExpired)', () => {
    const twice = (gap: number) =>
      starts(
        'kubernetes',
        [
          ['able', 5, 1],
          ['able', 15 + gap, 0],
        ],
        2000,
      )
    expect(twice(599)).toEqual([15, 634])
    expect(twice(601)).toEqual([15, 616])
  })

  test('Docker: 100 ms, 200 ms, .. 1 min, and anew after it ran for 10 s (restartmanager.go)', () => {
    expect(starts('docker', [['able', 5, 0]], 60)).toEqual([5.1])
    // 0.1, 0.3, 0.7, 1.5, .. 51.1 and 102.3 s after its death, and from then on each minute.
    expect(starts('docker', [['able', 5, 51.2]], 600)).toEqual([107.3])
    expect(starts('docker', [['able', 5, 110]], 600)).toEqual([167.3])
    expect(starts('docker', [['able', 5, 170]], 600)).toEqual([227.3])
    expect(
      starts(
        'docker',
        [
          ['able', 5, 0],
          ['able', 15, 0],
        ],
        60,
      ),
    ).toEqual([5.1, 15.2])
    expect(
      starts(
        'docker',
        [
          ['able', 5, 0],
          ['able', 15.2, 0],
        ],
        60,
      ),
    ).toEqual([5.1, 15.3])
  })
})

test('what is told of it', () => {
  const told = (said?: object) => restartTold(said && restartOptions.parse(said))
  expect(told()).toEqual([])
  expect(told({})).toEqual([
    'is started again 100 ms after it dies, by systemd, and no more than 5 times in 10 s',
  ])
  expect(told({ restart_sec: '3s', start_limit_burst: 0 })).toEqual([
    'is started again 3 s after it dies, by systemd',
  ])
  expect(told({ by: 'docker' })[0]).toContain('after 100 ms, 200 ms, .. 1 min, by Docker')
  expect(told({ by: 'kubernetes' })[0]).toContain('at once when it dies, and then after 10 s')
})

describe('a component with restart:', () => {
  const stack = (faults: string, restart = '{ restart_sec: 1s }', more = '') => `
lasts: 100s
warmup: 0s
hosts: { h: {} }
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: service, host: h, service: 1ms, restart: ${restart} }
  bare: { kind: service, host: h, service: 1ms }
${more}faults: [${faults}]`
  const run = (faults: string, restart?: string) => {
    const { model, ended } = play(stack(faults, restart))
    return { ...tally(ended), ...model.components.get('app')!.everyCount(model.kernel.now) }
  }

  test('a crash without for: is over when it is started again, and one with for: lets no start succeed for so long', () => {
    expect(run('{ kind: crash, target: app, at: 20.05s }')).toMatchObject({
      refused: 10,
      restarts: 1,
      failed_starts: 0,
    })
    expect(run('{ kind: crash, target: app, at: 20.05s, for: 3.5s }')).toMatchObject({
      refused: 40,
      restarts: 4,
      failed_starts: 3,
    })
    expect(run('{ kind: crash, target: app, at: 20.05s, for: 30s }', '{}')).toMatchObject({
      refused: 800,
      gave_up: 1,
    })
  })

  test('a crash that nobody could heal stays in the records as one that lasts', () => {
    const strikes = (lasts: string) =>
      play(stack(`{ kind: crash, target: app, at: 20s, for: ${lasts} }`, '{}')).model.faultCalendar.strikes
    expect(strikes('300ms')).toMatchObject([{ from: 20, to: 20.3, forever: false }])
    expect(strikes('30s')).toMatchObject([{ from: 20, to: Number.POSITIVE_INFINITY, forever: true }])
  })

  test('maintenance and a crash of its machine are no deaths of its own', () => {
    for (const fault of ['kind: maintenance, target: app', 'kind: crash, target: h'])
      expect(run(`{ ${fault}, at: 20.05s, for: 10s }`)).toMatchObject({ restarts: 0, gave_up: 0 })
  })

  test('who repairs what broke by mtbf starts it, though systemd had given up', () => {
    const { model } = world(stack('{ kind: crash, target: app, mtbf: 10s, mttr: 5s }', '{}'))
    model.run()
    const app = model.components.get('app')!
    // At 10 s, 25 s, .. 100 s, and each time it is back 5 s later.
    expect(app.deaths).toBe(7)
  })

  test('what fits together is asked', () => {
    expect(problemsOf(stack('{ kind: crash, target: [app, bare], at: 9s }'))).toEqual([
      '9:10: faults.0.for: expected a time: app is started again (restart:), and not all of these are',
    ])
  })
})
