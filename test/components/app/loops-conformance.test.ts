import { test } from 'vitest'
import { app } from '../../../sim/components/app/app.js'
import { checks } from '../conformance.js'

const example = app.example
  .replace('workers: 8, service', 'workers: 2, worker_class: async, service')
  .replace('service: 10ms', 'service: 2ms, after: 1ms, queries: 2')

test.each([
  'loses nothing from the books',
  'gives back requests and events',
  'serves no more than it has places for',
])('with event loops it %s', (name) => checks[name]!({ ...app, example } as never))
