import { expect, test } from 'vitest'
import { deploymentOptions, fenceposts } from '../../../sim/components/deployment/deployment-options.js'
import { planned } from '../../../sim/components/deployment/rollout-plan.js'

const servers = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`)
const fence = (targets: number, spares: number, options: object = {}) =>
  fenceposts(
    deploymentOptions.parse({
      targets: servers(targets),
      ...(spares > 0 ? { spares: servers(spares).map((name) => `x${name}`) } : {}),
      ...options,
    }),
  )

// Kubernetes, apps/v1: maxUnavailable 25 % is rounded down, maxSurge 25 % up; ResolveFenceposts: both none is one away.
test.each([
  { targets: 4, spares: 1, surge: 1, unavailable: 1 },
  { targets: 3, spares: 1, surge: 1, unavailable: 0 },
  { targets: 10, spares: 3, surge: 3, unavailable: 2 },
  { targets: 10, spares: 0, surge: 0, unavailable: 2 },
  { targets: 3, spares: 0, surge: 0, unavailable: 1 },
])('of $targets servers $unavailable may be away, and $surge more be there ($spares spares)', (row) => {
  const { targets, spares, ...expected } = row
  expect(fence(targets, spares)).toEqual(expected)
})

test('1 is one server, and 100% are all', () => {
  expect(fence(4, 0, { max_unavailable: 1 }).unavailable).toBe(1)
  expect(fence(4, 0, { max_unavailable: '100%' }).unavailable).toBe(4)
  expect(fence(4, 0, { strategy: 'recreate' })).toEqual({ unavailable: 4, surge: 0 })
})

const base = {
  targets: 4,
  wanted: 4,
  fresh: 0,
  stale: 4,
  broken: 0,
  available: 4,
  empty: 0,
  surge: 0,
  unavailable: 1,
}

// Kubernetes, pkg/controller/deployment/rolling.go.
test.each([
  ['without places more, one is replaced', {}, { start: 0, replace: 1, remove: 0 }],
  [
    'the next waits until it is available',
    { fresh: 1, stale: 3, available: 3 },
    { start: 0, replace: 0, remove: 0 },
  ],
  [
    'with one more, one is started and one replaced',
    { empty: 1, surge: 1 },
    { start: 1, replace: 1, remove: 0 },
  ],
  [
    'no more than there may be are started',
    { empty: 3, surge: 1, unavailable: 0 },
    { start: 1, replace: 0, remove: 0 },
  ],
  [
    'the last of the old goes when all the new are there',
    { fresh: 4, stale: 1, available: 5, surge: 1, unavailable: 0 },
    { start: 0, replace: 0, remove: 1 },
  ],
  [
    'what serves nobody goes first, and is not counted',
    { stale: 4, broken: 2, available: 2 },
    { start: 0, replace: 2, remove: 0 },
  ],
  [
    'new ones that do not come stop it',
    { fresh: 1, stale: 3, available: 3, unavailable: 1 },
    { start: 0, replace: 0, remove: 0 },
  ],
  ['a canary stops at its share', { wanted: 1, fresh: 1, stale: 3 }, { start: 0, replace: 0, remove: 0 }],
  ['all at once', { unavailable: 4 }, { start: 0, replace: 4, remove: 0 }],
])('%s', (_, change, expected) => {
  expect(planned({ ...base, ...change })).toEqual(expected)
})
