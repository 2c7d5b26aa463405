import { describe, expect, test } from 'vitest'
import type { Model } from '../../../sim/model/model.js'
import type { Request } from '../../../sim/parts/request.js'
import { Stream } from '../../../sim/random/stream.js'
import { resultOf } from '../../support/results.js'
import { type Ended, play, problemsOf, tally, world } from '../../support/world.js'

interface Site {
  haproxy?: string
  web?: string
  users?: string
  more?: string
  faults?: string
  lasts?: string
  mix?: string
  checks?: string
}

/** Two application servers whose home page the checks ask for, every two seconds; three that fail, two that pass. */
const site = ({
  haproxy = '',
  web = 'service: 10ms',
  users = 'arrive: constant(10/s), to: lb, timeout: 30s',
  mix = 'other: 80%, home: 20%',
  checks = '',
  more = '',
  faults = '',
  lasts = '60s',
}: Site) => `
lasts: ${lasts}
warmup: 0s
hosts: { w1: { cores: 4 }, w2: { cores: 4 }, far: { cores: 4 } }
users: { v: { ${users}, mix: { ${mix} } } }
components:
  lb: { kind: haproxy, service: 0s, option_httpchk: home, default_server: { check: on${checks} }, servers: [web-1, web-2]${haproxy} }
  web-1: &web { kind: app, host: w1, workers: 64, ${web} }
  web-2: { <<: *web, host: w2 }
${more}
faults: [${faults}]
`
/** Nobody comes to the servers. */
const nobody = { users: 'arrive: constant(1/h), to: lb' }
const asking = (text: string, page: string) => text.replace('option_httpchk: home', `option_httpchk: ${page}`)

/** When the checks of `lb` took servers down and up. */
const turns = ({ context }: Model) =>
  context.detections.map(({ says, at }) => ({ says: says.replace('marked ', ''), at }))
const runs = [0, 1, 2, 3, 4, 5, 6, 7]
const at = (ended: readonly Ended[], from: number, to: number) =>
  ended.filter((r) => r.arrived >= from && r.arrived < to)

describe('the page that the checks ask for', () => {
  // PM1b, measured on HAProxy 2.6.12: "Layer7 timeout, check duration 2001ms", both down, 503.
  test('takes 5 s: both servers are out 8 to 12 s later, for everybody, until it is fast and two checks have passed', () => {
    const text = `
lasts: 10min
warmup: 0s
hosts: { w1: { cores: 8 }, w2: { cores: 8 } }
users: { visitors: { arrive: constant(1/s), to: lb, timeout: 30s, mix: { home: 100% } } }
components:
  lb: { kind: haproxy, option_httpchk: home, default_server: { check: on }, timeout_connect: 5s, timeout_server: 30s, servers: [web-1, web-2] }
  web-1: { kind: app, host: w1, workers: 64, service: 10ms }
  web-2: { kind: app, host: w2, workers: 64, service: 10ms }
faults: [{ kind: slow, target: [web-1, web-2], factor: 500, at: 60s, for: 5min }]`
    for (const run of runs) {
      const { model, ended } = play(text, run)
      const seen = turns(model)
      const down = seen.filter(({ says }) => says.endsWith('down'))
      const up = seen.filter(({ says }) => says.endsWith('up'))
      expect([down.length, up.length]).toEqual([2, 2])
      for (const turn of down) {
        // Three checks of 2 s and two waits of 2 s after the next check begins.
        expect(turn.at).toBeGreaterThan(60 + 9.98)
        expect(turn.at).toBeLessThan(60 + 12.02)
      }
      for (const turn of up) {
        expect(turn.at).toBeGreaterThan(360 + 1.9)
        expect(turn.at).toBeLessThan(360 + 6.03)
      }
      const [, out] = down
      const [back] = up
      expect(tally(at(ended, 0, 60))).toEqual({ ok: 59 })
      expect(Object.keys(tally(at(ended, out!.at, back!.at)))).toEqual(['503'])
      expect(Object.keys(tally(at(ended, back!.at, 600)))).toEqual(['ok'])
      // Until then they are served, in 5 s.
      expect(Object.keys(tally(at(ended, 60, down[0]!.at)))).toEqual(['ok'])
    }
  })

  // PM1.
  test('burns the CPU, and every page fails that the servers could have answered', () => {
    const text = site({
      lasts: '10min',
      users: 'arrive: constant(50/s), to: lb, timeout: 30s',
      haproxy: ', timeout_connect: 5s, timeout_server: 30s',
      faults: '{ kind: slow, target: [web-1, web-2], factor: 2000, class: home, at: 2min, for: 5min }',
    })
    for (const run of runs.slice(0, 2)) {
      const { model, ended } = play(text, run)
      const down = turns(model).filter(({ says }) => says.endsWith('down'))
      expect(down).toHaveLength(2)
      for (const turn of down) {
        expect(turn.at).toBeGreaterThan(120 + 8)
        expect(turn.at).toBeLessThan(120 + 12.1)
      }
      expect(Object.keys(tally(at(ended, 0, 118)))).toEqual(['ok'])
      expect(Object.keys(tally(at(ended, 132.1, 420)))).toEqual(['503'])
      expect(tally(at(ended, 132.1, 420))['503']).toBeGreaterThan(14_000)
      // What had been begun has to end first.
      expect(Object.keys(tally(at(ended, 500, 600)))).toEqual(['ok'])
    }
    // A light check keeps them in, as long as it finds a worker: the others are answered.
    const { model, ended } = play(asking(text, 'on').replace('workers: 64', 'workers: 5000'))
    expect(turns(model)).toEqual([])
    expect(tally(at(ended, 132.1, 420)).ok).toBeGreaterThan(11_000)
  })

  // H5.
  test('fails on one server of two: that one is out after two checks, and back after one', () => {
    const text = (page: string) =>
      site({
        users: 'arrive: constant(100/s), to: lb',
        checks: ', fall: 2, rise: 1',
        faults: `{ kind: errors, target: web-1, share: 100%, class: ${page}, at: 20.005s, for: 30s }`,
        lasts: '70s',
      })
    for (const run of runs) {
      const { model, ended } = play(text('home'), run)
      const [down, up, ...others] = turns(model)
      expect(others).toEqual([])
      expect([down!.says, up!.says]).toEqual(['web-1 down', 'web-1 up'])
      expect(down!.at - 20.005).toBeGreaterThan(1.98)
      expect(down!.at - 20.005).toBeLessThan(4.04)
      expect(up!.at - 50.005).toBeGreaterThan(-0.02)
      expect(up!.at - 50.005).toBeLessThan(2.04)
      // Of 50/s a fifth: 20 to 40 home pages, and what chance adds.
      const failed = ended.filter((r) => r.outcome !== 'ok')
      expect(Object.keys(tally(failed))).toEqual(['500'])
      expect(failed.length).toBeGreaterThan(5)
      expect(failed.length).toBeLessThan(70)
      expect(Math.max(...failed.map((r) => r.arrived))).toBeLessThan(down!.at)
    }
    // Nobody notices that another page fails.
    const { model, ended } = play(text('other'))
    expect(turns(model)).toEqual([])
    expect(tally(ended)['500']).toBeGreaterThan(1000)
  })
})

describe('a check of a class is at the server what a visitor’s request is', () => {
  test('its CPU time is in the use of the host: rate times cost, which is that of its class', () => {
    const text = site({
      ...nobody,
      web: 'service: { home: 400ms, other: 1.4s }, after: 100ms',
      lasts: '300s',
    })
    const used = (page: string) => {
      const { model } = play(asking(text, page))
      return model.hosts.get('w1')!.processor.busy.mean(model.kernel.now)
    }
    // Two seconds after the end of the one before comes the next.
    expect(used('home')).toBeCloseTo(0.5 / 2.5, 2)
    expect(used('other')).toBeCloseTo(1.5 / 3.5, 2)
    expect(used('on')).toBe(0)
    expect(used('off')).toBe(0)
  })

  test('its queries are asked, and it fails with them', () => {
    const text = (faults: string) =>
      site({
        ...nobody,
        web: 'service: 1ms, database: db, queries: 3',
        more: '  db: { kind: mysql, host: far, service: 5ms }',
        faults,
        lasts: '100s',
      })
    const { model } = play(text(''))
    const answered = (name: string) => model.components.get(name)!.probe.outcomes[0]!
    expect([49, 50]).toContain(answered('web-1'))
    expect(answered('db')).toBe(3 * (answered('web-1') + answered('web-2')))
    const failing = play(text('{ kind: errors, target: db, share: 100%, at: 20s }')).model
    expect(turns(failing).map(({ says }) => says.slice(6))).toEqual(['down', 'down'])
  })

  test('it waits for a worker as others do, and has inter for all of that', () => {
    // A visitor at 20 s has the one worker of web-1 for 7 s: two checks are over by then.
    const text = site({
      users: 'arrive: constant(3/min), to: lb',
      mix: 'other: 100%, home: 0%',
      web: 'service: { home: 10ms, other: 7s }',
      checks: ', fall: 2',
      lasts: '39s',
    })
    const busy = play(text.replace('workers: 64', 'workers: 1')).model
    expect(turns(busy).map(({ says }) => says)).toEqual(['web-1 down', 'web-1 up'])
    expect(busy.components.get('web-1')!.probe.delayed).toBeGreaterThan(1)
    expect(turns(play(text.replace('workers: 64', 'workers: 2')).model)).toEqual([])
  })

  test('timeout check ends the wait for its answer once it is connected', () => {
    const text = (haproxy: string, ms: number) =>
      site({ ...nobody, haproxy, web: `service: ${ms}ms`, lasts: '30s' })
    const down = (of: string) => turns(play(of).model).length
    expect(down(text(', timeout_check: 500ms', 600))).toBe(2)
    expect(down(text(', timeout_check: 500ms', 400))).toBe(0)
    expect(down(text(', timeout_check: 3s', 2500))).toBe(0)
    expect(down(text('', 2500))).toBe(2)
  })

  test('a server that hangs goes down as with a light one, and a dead machine takes inter, not timeout connect', () => {
    for (const fault of ['hang, target: web-1', 'crash, target: w1'])
      for (const run of runs.slice(0, 3)) {
        const text = site({
          ...nobody,
          haproxy: ', timeout_connect: 500ms',
          faults: `{ kind: ${fault}, at: 20.005s }`,
        })
        const [down] = turns(play(text, run).model)
        expect(down!.at - 20.005).toBeGreaterThan(9.98)
        expect(down!.at - 20.005).toBeLessThan(12.02)
      }
  })

  test('what it asks for below has the timeouts of who asks there', () => {
    // The application gives up the connection after 300 ms and answers 500: no check lasts 2 s.
    const text = site({
      ...nobody,
      web: 'service: 1ms, database: db, connect_timeout: 300ms',
      more: '  db: { kind: mysql, host: far, service: 5ms }',
      faults: '{ kind: crash, target: far, at: 20.005s }',
    })
    for (const run of runs.slice(0, 3)) {
      const [down] = turns(play(text, run).model)
      // Three times 0.3 s and two waits of 2 s after the next check begins.
      expect(down!.at - 20.005).toBeGreaterThan(4.88)
      expect(down!.at - 20.005).toBeLessThan(6.92)
    }
  })

  test('nginx writes its line, passes it on, and its bucket counts it', () => {
    const text = site({
      ...nobody,
      checks: ', fall: 1',
      more: '  n: { kind: nginx, host: far, service: 1ms, upstream: [web-1], limit_req: { rate: 1/min } }',
      lasts: '30s',
    }).replace('servers: [web-1, web-2]', 'servers: [n]')
    const { model } = play(text)
    expect(model.components.get('n')!.extra(30).logged_qps).toBeCloseTo(0.5, 1)
    // One in a minute.
    expect(model.components.get('web-1')!.probe.outcomes[0]).toBe(1)
    expect(turns(model).map(({ says }) => says)).toEqual(['n down'])
    const light = play(asking(text, 'on')).model
    expect(light.components.get('web-1')!.probe.outcomes[0]).toBe(0)
    expect(turns(light)).toEqual([])
  })

  test('nginx that is told of a given-up check closes its own side, and the server goes on', () => {
    const text = site({
      ...nobody,
      web: 'service: 5s',
      more: '  n: { kind: nginx, host: far, service: 1ms, upstream: [web-1] }',
      lasts: '30s',
    }).replace('servers: [web-1, web-2]', 'servers: [n]')
    const { model } = play(text)
    const { outcomes, unheard } = model.components.get('web-1')!.probe
    expect(outcomes[0]).toBeGreaterThan(4)
    expect(model.components.get('n')!.probe.inside.value).toBeLessThan(2)
    // Nobody of those who wait for nothing is a visitor.
    expect(unheard).toBe(0)
  })

  test('through another HAProxy it takes its turn among the servers there', () => {
    const text = site({
      ...nobody,
      more: '  front: { kind: haproxy, host: far, option_httpchk: home, default_server: { check: on, inter: 1s }, servers: [lb] }',
      faults: '{ kind: errors, target: [web-1, web-2], share: 100%, class: home, at: 20s, for: 10s }',
    })
    const { model } = play(text)
    const answered = (name: string) => model.components.get(name)!.probe.outcomes[0]!
    // Half of the checks of the one in front, and its own.
    expect(answered('web-1')).toBeGreaterThan(35)
    expect(answered('lb')).toBeGreaterThan(40)
    const front = model.context.detections.filter(({ component }) => component === 'front')
    expect(front.map(({ says }) => says)).toEqual(['marked lb down', 'marked lb up'])
  })

  test('a firewall does not take it for an attack, as it does a visitor', () => {
    const text = site({
      more: '  waf: { kind: firewall, mode: waf, to: web-1, false_positives: 100% }',
      haproxy: ', balance: first',
    }).replace('servers: [web-1, web-2]', 'servers: [waf]')
    const { model, ended } = play(text)
    expect(turns(model)).toEqual([])
    expect(Object.keys(tally(ended))).toEqual(['403'])
  })
})

describe('a check of a class is no visitor’s request', () => {
  const text = site({
    web: 'service: exponential(10ms), database: db',
    more: '  db: { kind: mysql, host: far, service: exponential(5ms) }',
  })

  test('neither it nor its queries are among those sent, asked or answered', () => {
    const { scenario, result } = resultOf(
      text.replace('faults: []', 'faults: [{ kind: crash, target: web-2, at: 20s, for: 20s }]'),
      2,
    )
    expect(scenario.classes).toEqual(['other', 'home'])
    const { offered } = result.requests
    expect(offered).toBe(2 * 599)
    expect(result.classes.home!.requests.offered + result.classes.other!.requests.offered).toBe(offered)
    const { lb, 'web-1': web, 'web-2': twin, db } = result.components
    const sent = (box: typeof lb) => Object.values(box!.dispatched!).reduce((a, b) => a + b, 0)
    expect(sent(web) + sent(twin)).toBeLessThanOrEqual(offered)
    // Retries of those that met the dead one are sent again.
    expect(sent(lb) - offered).toBeLessThan(150)
    expect(web!.outcomes.ok! + twin!.outcomes.ok!).toBeGreaterThan(result.requests.ok + 70)
    expect(db!.tries!.usual.value).toBeLessThanOrEqual(1)
    expect(JSON.stringify(result.causes)).not.toContain('check')
  })

  test('nor is it behind a packet filter, over a way that takes time', () => {
    const { model } = play(
      site({ ...nobody, more: '  fw: { kind: firewall, to: web-1 }' })
        .replace('servers: [web-1, web-2]', 'servers: [fw]')
        .replace('faults:', 'wires: { lb -> fw: { latency: 2ms }, fw -> web-1: { latency: 3ms } }\nfaults:'),
    )
    expect(model.components.get('web-1')!.probe.outcomes[0]).toBeGreaterThan(25)
    expect(model.wires.filter(({ from }) => from !== 'v').map(({ sent }) => sent)).toEqual([0, 0])
  })

  test('it draws numbers of its own: no two of the same server, of two load balancers, or of a visitor', () => {
    const { model } = world(
      text
        .replace(
          'faults:',
          '  lb-2: { kind: haproxy, option_httpchk: home, default_server: { check: on }, servers: [web-1, web-2] }\nfaults:',
        )
        .replace('timeout: 30s', 'timeout: 30s, retries: 50')
        .replace('faults: []', 'faults: [{ kind: errors, target: web-1, share: 50%, class: other, at: 1s }]'),
    )
    const stream = new Stream('1/0/test/draws')
    const drawn = { checks: [] as number[], visitors: [] as number[] }
    for (const name of ['web-1', 'web-2']) {
      const box = model.components.get(name)!
      const accept = box.accept.bind(box)
      box.accept = (request: Request) => {
        drawn[request.check ? 'checks' : 'visitors'].push(request.draws(stream).next())
        accept(request)
      }
    }
    model.run()
    const { checks, visitors } = drawn
    expect(checks.length).toBeGreaterThan(4 * 28)
    expect(new Set(checks).size).toBe(checks.length)
    expect(visitors.length).toBeGreaterThan(600)
    expect(checks.filter((one) => visitors.includes(one))).toEqual([])
  })

  test('what it asks for shifts nobody’s numbers, and the same seed gives the same run', () => {
    const took = (page: string) =>
      play(asking(text, page).replaceAll('cores: 4', 'cores: 400')).ended.map(({ key, arrived, ended }) => [
        key,
        +(ended - arrived).toFixed(9),
      ])
    expect(took('home')).toEqual(took('on'))
    expect(took('home')).toEqual(took('other'))
    const once = JSON.stringify(resultOf(text).result)
    expect(JSON.stringify(resultOf(text).result) === once).toBe(true)
  })
})

describe('the class that option_httpchk names', () => {
  const problems = (page: string) => problemsOf(asking(site({}), page))

  test('is one that somebody asks for', () => {
    for (const page of ['on', 'off', 'true', 'false', 'home', 'other']) expect(problems(page)).toEqual([])
    expect(problems('hoem')).toEqual([
      '7:37: components.lb.option_httpchk: no users ask for the request class "hoem"; did you mean "home"?',
    ])
    expect(problems('5')).toEqual([
      '7:37: components.lb.option_httpchk: expected on, off, or a request class, not 5',
    ])
    expect(problems('[home]')).toEqual([
      '7:37: components.lb.option_httpchk: expected on, off, or a request class, not a list',
    ])
  })

  test('is served for a time that is not recorded with each visitor', () => {
    const recorded = (service: string, more = '') =>
      problemsOf(site({ web: `service: ${service}`, users: 'arrive: poisson(1/s), to: web-1', more }))
    const check = (server: string) =>
      `7:37: components.lb.option_httpchk: a check has no recorded service, and ${server} says service: trace: expected a law for home there`
    expect(recorded('{ home: 5ms, default: 1ms }')).toEqual([])
    expect(recorded('{ home: trace, default: 1ms }')).toEqual(
      expect.arrayContaining([check('web-1'), check('web-2')]),
    )
    expect(recorded('{ other: trace, default: 1ms }').join()).not.toContain('a check has')
    // Nor of what stands elsewhere.
    const elsewhere = '  z: { kind: app, service: trace }'
    expect(recorded('1ms', elsewhere).filter((one) => one.includes('a check has'))).toEqual([])
    // In a circle, which is told, there is an end of looking.
    const circle = '  n: { kind: nginx, upstream: [n] }'
    expect(
      recorded('trace', circle).filter((one) => one.includes('a check has') || one.includes('circle')),
    ).toEqual([check('web-1'), check('web-2'), expect.stringContaining('circle: n -> n')])
  })
})
