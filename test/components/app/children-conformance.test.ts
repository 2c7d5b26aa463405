import { test } from 'vitest'
import { apache } from '../../../sim/components/apache/apache.js'
import { app } from '../../../sim/components/app/app.js'
import { checks } from '../conformance.js'

/** Those that ask something of who comes and goes while workers do. */
const asked = [
  'loses nothing from the books',
  'gives back requests and events',
  'serves no more than it has places for',
]

const ways = [
  ['dynamic', { ...app, example: app.example.replace('workers: 8', 'workers: 8, pm: dynamic') }],
  ['ondemand', { ...app, example: app.example.replace('workers: 8', 'workers: 8, pm: ondemand') }],
  ['prefork', { ...apache, example: apache.example.replace('service:', 'start_servers: 5, service:') }],
] as const

test.each(ways.flatMap(([way, kind]) => asked.map((name) => ({ way, name, kind, check: checks[name]! }))))(
  'with workers that come and go ($way) it $name',
  ({ kind, check }) => check(kind as never),
)
