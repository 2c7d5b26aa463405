import { expect, test } from 'vitest'
import { fault, play, responses } from '../../support/world.js'

test.each(['mysql', 'galera, bootstrap: 0s'])(
  'a server (%s) is slow until its buffer pool is full again',
  (kind) => {
    const { ended } = play(`
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(100/s), to: p, timeout: 1s } }
components:
  p: { kind: ${kind}, service: 1ms, io: 1ms, recovery: 1s, cold_start: { factor: 3, for: 4s } }
faults: [${fault('crash', 'p', '5s', '1s')}]
`)
    const took = (from: number, to: number) =>
      responses(ended.filter(({ arrived }) => arrived >= from && arrived < to))
    expect(took(0, 4.9)).toEqual([0.002])
    // It listens at 7 s; a twentieth of the way later its time is one of twenty, each shorter by a tenth of a millisecond.
    expect(took(7.05, 7.15)).toEqual([0.0059])
    expect(took(8.9, 8.99)).toEqual([0.0041])
    expect(took(10.9, 10.95)).toEqual([0.0021])
    expect(took(11.1, 20)).toEqual([0.002])
  },
)
