import { expect, test } from 'vitest'
import type { Request } from '../../../sim/parts/request.js'
import { world } from '../../support/world.js'

const SERVERS = 100

test('a hundred servers, of which only the last is there: each is tried once for a request, and the last answers', () => {
  const names = Array.from({ length: SERVERS }, (_, i) => `s${i + 1}`)
  const { model, ended } = world(`
lasts: 3s
warmup: 0s
users: { u: { arrive: constant(1/s), to: web } }
components:
  web: { kind: nginx, service: 0s, upstream: [${names.map((name) => `{ name: ${name}, max_fails: 0 }`).join(', ')}] }
${names.map((name) => `  ${name}: { kind: service, service: 0s, servers: unlimited }`).join('\n')}
faults:
${names
  .slice(0, -1)
  .map((name) => `  - { kind: crash, target: ${name}, at: 0s }`)
  .join('\n')}`)
  const tried = new Map<number, string[]>()
  const note = (request: Request, box: string) =>
    tried.set(request.key, [...(tried.get(request.key) ?? []), box])
  model.context.observe({
    asked: () => true,
    entered: (request) => {
      if (request.at!.name !== 'web') note(request, request.at!.name)
    },
    failed: (request) => note(request, request.wire!.towards),
  })
  model.run()
  expect(ended.length).toBeGreaterThan(1)
  expect(ended.every(({ outcome }) => outcome === 'ok')).toBe(true)
  for (const boxes of tried.values()) {
    expect(boxes.at(-1)).toBe(`s${SERVERS}`)
    expect(new Set(boxes).size).toBe(boxes.length)
  }
  // Round robin begins at the first: its request has met all of them.
  expect(Math.max(...[...tried.values()].map((boxes) => boxes.length))).toBe(SERVERS)
})
