import { describe, expect, it } from 'vitest'
import { play, problemsOf } from '../../support/world.js'

const site = (cache: string, users = 'objects: { count: 200, zipf: 0.8 }') => `
lasts: 200s
warmup: 100s
users: { u: { arrive: poisson(100/s), to: cache, ${users} } }
components:
  cache: { kind: cache, origin: origin, keys: visitors, ${cache} }
  origin: { kind: service, servers: unlimited, service: 1ms }
`
const ratio = (text: string) => play(text).model.components.get('cache')!.extra(300).hit_ratio!

describe('a cache that keeps what visitors ask for', () => {
  it('hits as often as one with keys of its own', () => {
    const own = site('size: 50').replace('keys: visitors', 'keys: 200')
    expect(ratio(site('size: 50'))).toBeCloseTo(ratio(own), 1)
  })

  it('hits all that was asked for once, where all has room', () => {
    expect(ratio(site('service: 0s'))).toBe(1)
  })

  it('hits nothing where nobody asks for what another has asked for', () => {
    expect(ratio(site('coalesce: on', 'retries: 0'))).toBe(0)
  })

  it('has no popularity of its own', () => {
    expect(problemsOf(site('zipf: 1')).join('\n')).toContain('users say what is popular')
    expect(problemsOf(site('starts: warm')).join('\n')).toContain('it begins cold')
    expect(problemsOf(site('starts: cold'))).toEqual([])
  })
})
