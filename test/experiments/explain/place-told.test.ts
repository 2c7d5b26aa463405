import { expect, test } from 'vitest'
import { placeTold } from '../../../sim/experiments/explain/place-told.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

/** What is told of the memory and the disk of `box` (docs/scenario.md, memory and the disk of a host). */
const toldOf = (box: string, host: string) => {
  const { components, hosts } = parseScenario(
    `lasts: 60s
users: { v: { arrive: constant(5/s), to: box } }
hosts: { h: { ${host} } }
components: { box: { host: h, service: 5ms, ${box} } }`,
    'place.yaml',
  )
  const [{ options, kind }] = components as [(typeof components)[0]]
  return placeTold(options, 'io' in kind.options.shape, hosts[0])
}

test('of a machine with so much memory, what each part and each request of it has', () => {
  expect(toldOf('kind: mysql, memory: 1500MB', 'memory: 4GB')).toEqual([
    'has 1.5 GB, of the 4 GB of memory of its machine',
  ])
  expect(toldOf('kind: app, memory: 40MB, memory_per_request: 8MB', 'memory: 4GB')).toEqual([
    'has 40 MB, and 8 MB for each request in it, of the 4 GB of memory of its machine',
  ])
  expect(toldOf('kind: app', 'memory: 4GB')).toEqual([])
})

test('a disk that has a limit, of those that read from it', () => {
  expect(toldOf('kind: mysql, io: 4ms', 'disk_queue_depth: 4')).toEqual([
    'waits for its turn at the disk of its machine, which does 4 things at a time',
  ])
  expect(toldOf('kind: app', 'disk_queue_depth: 4')).toEqual([])
  expect(toldOf('kind: mysql, io: 4ms', 'cores: 4')).toEqual([])
})
