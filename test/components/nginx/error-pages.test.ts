import { describe, expect, test } from 'vitest'
import { needs } from '../../../sim/components/needed.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { fault, play, problemsOf, responses, tally } from '../../support/world.js'

/** Pages from one server, with another that can stand in; 20 requests. */
const site = (nginx: string, faults = '', { kind = 'page', service = '5ms', more = '' } = {}) => `
lasts: 10.1s
warmup: 0s
users: { u: { arrive: constant(2/s), to: web, mix: { ${kind}: 100%, other: 0% } } }
components:
  web: { kind: nginx, service: 0s, upstream: [app], upstreams: { spare: { servers: [spare] } },
         location: { other: proxy_pass spare, closed: return 403 }, worker_connections: 100, ${nginx} }
  app: { kind: service, servers: unlimited, service: ${service} }
  spare: { kind: service, servers: unlimited, service: 10ms }
faults: [${faults}]
${more}`
const dead = fault('crash', 'app', '0s')
const failing = '{ kind: errors, target: app, share: 100%, at: 0s }'
const spare = 'error_page: { 502 504: = @spare }'
const ends = (text: string) => tally(play(text).ended)

describe('error_page', () => {
  test('= @name asks another upstream; the visitor gets its answer, and waits for it', () => {
    const { ended, model } = play(site(spare, dead))
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended)).toEqual([0.01])
    expect(model.components.get('web')!.extra(10)).toMatchObject({ error_pages: ended.length })
    expect(model.components.get('web')!.limits()[1]!.used(10)).toBeCloseTo(2 * 2 * 0.01, 2)
  })

  test('@name alone leaves the status as it was, though the other has answered; =503 gives another', () => {
    expect(ends(site('error_page: { 502: "@spare" }', dead))).toEqual({ '502': 20 })
    expect(ends(site('error_page: { 502: =503 @spare }', dead))).toEqual({ '503': 20 })
  })

  test('a page of its own, told as 200, of hardly any size', () => {
    const more = `sizes: { default: { answer: 1MB } }\nwires: { u -> web: { bandwidth: 8Mbit/s } }`
    const { ended } = play(site('error_page: { 502: =200 /sorry.html }', dead, { more }))
    expect(tally(ended)).toEqual({ ok: 20 })
    expect(Math.max(...responses(ended))).toBeLessThan(0.001)
  })

  test('what a server answers is left alone, unless proxy_intercept_errors is on', () => {
    const pages = 'error_page: { 500: = @spare }'
    expect(ends(site(pages, failing))).toEqual({ '500': 20 })
    expect(ends(site(`${pages}, proxy_intercept_errors: on`, failing))).toEqual({ ok: 20 })
  })

  test('there is no page for the error of a page: the last status is told (recursive_error_pages off)', () => {
    const all = 'error_page: { 500 502: =200 @spare }'
    const spareFails = failing.replace('app', 'spare')
    expect(ends(site(all, `${dead}, ${fault('crash', 'spare', '0s')}`))).toEqual({ '502': 20 })
    // What another server answers is told as the line says, be it what it may.
    expect(ends(site(all, `${dead}, ${spareFails}`))).toEqual({ ok: 20 })
    expect(ends(site(`${all}, proxy_intercept_errors: on`, `${dead}, ${spareFails}`))).toEqual({ '500': 20 })
  })

  test('with recursive_error_pages there is, up to ten times, and then 500', () => {
    const both = `${dead}, ${fault('crash', 'spare', '0s')}`
    const on = 'recursive_error_pages: on'
    expect(ends(site(`error_page: { 502: = @spare }, ${on}`, both))).toEqual({ '500': 20 })
    const last = `error_page: { 502: = @spare, 500: =200 /sorry.html }, proxy_intercept_errors: on, ${on}`
    expect(ends(site(last, `${dead}, ${failing.replace('app', 'spare')}`))).toEqual({ ok: 20 })
  })

  test('of those told to go (return) and of those above a limit too, with no connection left over', () => {
    const { ended, model } = play(site('error_page: { 403: = @spare }', '', { kind: 'closed' }))
    expect(tally(ended)).toEqual({ ok: 20 })
    expect(model.components.get('web')!.limits()[1]!.used(10)).toBeCloseTo(2 * 2 * 0.01, 2)
    const limited = 'limit_req: { rate: 1/s }, error_page: { 503: = @spare }'
    const { ended: all } = play(site(limited, '', { service: '1ms' }))
    expect(tally(all)).toEqual({ ok: 20 })
    expect(responses(all).sort()).toEqual([0.001, 0.01])
  })

  test('a visitor who leaves while another is asked leaves nothing behind', () => {
    const text = site('error_page: { 403: = @spare }', '', { kind: 'closed' })
    const { ended, model } = play(text.replace('to: web', 'to: web, timeout: 5ms'))
    expect(tally(ended)).toEqual({ timeout: 20 })
    expect(model.components.get('web')!.limits()[1]!.used(10)).toBeLessThan(2 * 2 * 0.0051)
  })
})

test('what a request needs to be answered is a server of either upstream, or none', () => {
  const needed = (nginx: string) => {
    const { components } = parseScenario(site(nginx), 'x.yaml')
    const web = components.find(({ name }) => name === 'web')!
    return needs.nginx!(web as never, 'page', components as never)
  }
  expect(needed(spare)).toEqual([['app', 'spare']])
  expect(needed('error_page: { 502: "@spare" }')).toEqual([['app']])
  expect(needed('error_page: { 502: =200 /sorry.html }')).toEqual([])
})

test('pages that are none', () => {
  const said = (words: string) => problemsOf(site(words)).join()
  expect(said('error_page: { 502: = @spar }')).toContain('there is no upstream "spar"')
  expect(said('error_page: { 502: /50x.html }')).toContain('leave it out, or say =200 /50x.html')
  expect(said('error_page: { 418 502: =200 /x }')).toContain('nobody answers "418"')
  expect(said('error_page: { 502: sorry }')).toContain('expected = @ and the name')
  expect(said('proxy_intercept_errors: on')).toContain('expected error_page: beside it')
})
