import { expect, it } from 'vitest'
import { faultsCsv } from '../../reports/csv.js'
import { drawing } from '../../reports/drawing/drawing.js'
import { underLoad } from '../../reports/drawing/under-load.js'
import { faultsTable } from '../../reports/html/tables.js'
import { catalogText } from '../../reports/listing.js'
import { toText } from '../../reports/text.js'
import { catalog } from '../../sim/scenario/catalog.js'
import { ran } from '../support/ran.js'
import { resultOf } from '../support/results.js'

const site = (faults: string) => `
name: Site
lasts: 60s
warmup: 0s
replications: 2
users: { u: { arrive: constant(20/s), to: app, mix: { home: 40%, cart: 30%, feed: 20%, help: 10% } } }
components: { app: { kind: app, workers: 50, service: 10ms } }
faults: [${faults}]`
const errors = '{ kind: errors, target: app, share: 100%, class: [home], at: 20s, for: 20s }'

it('a fault that strikes some classes says which, in every format', async () => {
  const [{ result, scenario }] = (await ran(site(errors))) as [Awaited<ReturnType<typeof ran>>[0]]
  const [fault] = result.faults
  expect(fault).toMatchObject({
    fault: 'errors of app (class home)',
    classes: ['home'],
    recovery_class: 'home',
  })
  // 20 s of 20/s, of which 40 %.
  expect(fault!.cost!.value).toBeCloseTo(160, -2)
  const report = { version: 1 as const, results: [result] }
  expect(toText(report, [scenario])).toContain('errors of app (class home)')
  expect(faultsCsv(report)).toContain('errors of app (class home)')
  expect(String(faultsTable(result))).toContain('errors of app (class home)')
  const drawn = String(drawing(scenario, underLoad(result)))
  expect(drawn).toMatch(/<title>app \(app\)[^<]*, errors \(home\)<\/title>/)
  expect(drawn).toContain('>⚡ errors (home)</text>')
})

it('what strikes all is told as ever, and many classes by their number in the drawing', () => {
  const three = errors.replace('[home]', '[home, cart, feed]')
  const { scenario, result } = resultOf(site(`${three}, ${errors.replace(' class: [home],', '')}`))
  expect(result.faults.map(({ fault }) => fault)).toEqual([
    'errors of app (classes home, cart, feed)',
    'errors of app',
  ])
  expect('classes' in result.faults[1]!).toBe(false)
  expect(String(drawing(scenario, underLoad(result)))).toContain('>⚡ errors (3 classes), errors</text>')
})

it('nines list shows the option', () => {
  for (const name of ['slow', 'errors'])
    expect(catalogText(catalog(), name)).toContain(
      '  class: classes (optional)\n      strikes only requests of these classes; default: all\n',
    )
})
