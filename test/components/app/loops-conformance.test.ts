import { test } from 'vitest'
import { app } from '../../../sim/components/app/app.js'
import { checks } from '../conformance.js'

const example = app.example
  .replace('workers: 8, service', 'workers: 2, worker_class: async, service')
  .replace('service: 10ms', 'service: 2ms, after: 1ms, queries: 2')
const cached = example
  .replace('queries: 2', 'queries: 2, cache: redis, cache_timeout: 1s')
  .concat('\n    redis: { kind: redis, keys: 100, service: 1ms }')

const asked = [
  'loses nothing from the books',
  'gives back requests and events',
  'serves no more than it has places for',
]

test.each(asked.flatMap((name) => [example, cached].map((example, i) => ({ name, example, i }))))(
  'with event loops ($i) it $name',
  ({ name, example }) => checks[name]!({ ...app, example } as never),
)
