import { expect, test } from 'vitest'
import { looks, play, world } from '../../support/world.js'

const site = (apache: string, n = 100) => `
lasts: 40s
warmup: 0s
users: { u: { arrive: trace(test/components/apache/burst-${n}.csv), to: web } }
components:
  web: { kind: apache, ${apache} }`

const debian = 'max_request_workers: 150, start_servers: 5, keep_alive: off, service: 10s'

// Measured on Apache 2.4 (prefork): 5, 6, 8, 12, 20, 36, 68, 100, 132 a second after the other.
test('StartServers 5, MinSpareServers 5, MaxSpareServers 10: 100 requests of 10 s at once start 1, 2, 4, .. 32 processes a second', () => {
  const { model } = world(site(debian))
  const times = [...Array(19).keys()].map((s) => s + 1e-6)
  const seen = looks(model, times, () => model.components.get('web')!.station!.open)
  model.run()
  expect(seen.slice(0, 9)).toEqual([5, 6, 8, 12, 20, 36, 68, 100, 132])
  // One a second is ended as soon as more than 10 are idle: what has been measured is one or two seconds later.
  expect(seen.slice(9, 19)).toEqual([131, 130, 129, 128, 127, 126, 125, 124, 123, 122])
})

test('the last of them is started after 7 s, and the mean is 15.2 s (sd 0.22)', () => {
  const runs = [...Array(20).keys()].map((seed) => play(site(debian), seed).ended)
  const latencies = runs.flatMap((run) => run.map(({ ended }) => ended))
  const mean = latencies.reduce((sum, x) => sum + x, 0) / latencies.length
  expect(latencies.length).toBe(2000)
  expect(Math.abs(mean - 15.183)).toBeLessThan(0.456)
  const last = runs.map((run) => Math.max(...run.map(({ ended }) => ended)))
  expect(Math.abs(last.reduce((sum, x) => sum + x, 0) / last.length - 16.787)).toBeLessThan(0.51)
})

test('all are there from the start where nothing is said of it, and never more than MaxRequestWorkers', () => {
  const open = (apache: string, time: number) => {
    const { model } = world(site(`service: 10s, ${apache}`))
    const seen = looks(model, [time], () => model.components.get('web')!.station!.open)
    model.run()
    return seen[0]
  }
  expect(open('max_request_workers: 50', 0)).toBe(50)
  expect(open('max_request_workers: 50, min_spare_servers: 5', 0)).toBe(5)
  expect(open('max_request_workers: 50, min_spare_servers: 5', 8)).toBe(50)
  expect(open('max_request_workers: 4, max_spare_servers: 5', 0)).toBe(4)
})

test('MaxSpareServers is one more than MinSpareServers at least, as Apache corrects it', () => {
  const { model } = world(
    site(
      'max_request_workers: 50, start_servers: 20, min_spare_servers: 8, max_spare_servers: 3, service: 1s',
      40,
    ),
  )
  const seen = looks(model, [38], () => model.components.get('web')!.station!.open)
  model.run()
  expect(seen).toEqual([9])
})
