import { describe, expect, test } from 'vitest'
import { partOf, spofsIn } from '../../support/spofs.js'

const head = (rate: string) => `
good: 500ms
hosts: { one: { cores: 8 }, two: { cores: 8 }, three: { cores: 8 } }
users: { v: { arrive: poisson(${rate}), to: front, timeout: 5s } }
`

/** What a loss comes down to, of all who ask: of the time that it adds, and of the failures. */
async function causesIn(text: string, part: string) {
  const { causes } = partOf(await spofsIn(text, { only: [part] }), part)
  const of = (explains: 'time' | 'failures') => {
    const found = causes.find((one) => one.of === 'class' && one.explains === explains)
    const last = found?.chain.at(-1)
    return last === undefined ? null : `${[last.component, ...(last.twins ?? [])]} ${last.what}`
  }
  return { time: of('time'), failures: of('failures'), says: causes.map(({ says }) => says) }
}

describe('what is so without the loss is not its cause:', () => {
  const limited = `${head('80/s')}
components:
  front: { kind: nginx, host: one, service: 1ms, upstream: [a, b], limit_req: { rate: 50/s } }
  a: { kind: app, host: two, workers: 8, service: 20ms }
  b: { kind: app, host: three, workers: 8, service: 20ms }
`

  test('a rate limit that refuses anyway', async () => {
    const { time, failures, says } = await causesIn(limited, 'two')
    expect(time).toBe('a machine dead')
    expect(failures).toBeNull()
    expect(says[0]).toMatch(/: \d+% of the time that the loss adds to requests that failed or were late\.$/)
  })

  test('but a rate limit behind which more come than before is', async () => {
    const text = `${head('80/s')}
components:
  front: { kind: haproxy, host: one, servers: [a, b], default_server: { check: on } }
  a: { kind: nginx, host: two, limit_req: { rate: 60/s, burst: 10, nodelay: on } }
  b: { kind: nginx, host: three, limit_req: { rate: 60/s, burst: 10, nodelay: on } }
`
    expect((await causesIn(text, 'two')).failures).toBe('b limit reached')
  })

  test('those who fail anyway, where all fail with it', async () => {
    expect(await causesIn(limited, 'front')).toMatchObject({ failures: 'front process gone' })
  })

  test('a part of a page that takes long, whichever is called first', async () => {
    for (const order of ['slow, quick', 'quick, slow']) {
      const text = `${head('40/s')}
components:
  front: { kind: fanout, host: one, to: [${order}] }
  slow: { kind: service, servers: unlimited, service: 3s }
  quick: { kind: service, host: three, servers: unlimited, service: 20ms }
`
      expect((await causesIn(text, 'three')).time).toBe('quick machine dead')
      expect(await causesIn(text, 'quick')).toMatchObject({ failures: 'quick process gone' })
    }
  })
})
