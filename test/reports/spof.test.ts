import { beforeAll, describe, expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { spofJson } from '../../reports/json.js'
import { spofCsv, spofFiles, spofText } from '../../reports/spof-table.js'
import { spofLine } from '../../reports/spof-verdict.js'
import type { Spofs } from '../../sim/experiments/spof/spof-result.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { spofsIn } from '../support/spofs.js'

const scenario = parseScenario(
  `
name: Shop
hosts: { edge: {}, east: {}, west: {}, watch: {} }
users: { web: { arrive: constant(20/s), to: lb, timeout: 2s, mix: { page: 50%, read: 40%, write: 10% } } }
components:
  lb: { kind: haproxy, host: edge, servers: [web-1, web-2], default_server: { check: on, inter: 1s, fall: 3 } }
  web-1: { kind: nginx, host: east, service: 0.1ms, static: [page], upstream: [app] }
  web-2: { kind: nginx, host: west, service: 0.1ms, static: [page], upstream: [app] }
  app: { kind: app, workers: 50, service: 1ms, connect_timeout: 1s, database: [db-1, db-2] }
  db-1: { kind: mysql, host: east, service: 1ms, replicas: [db-2] }
  db-2: { kind: mysql, host: west, service: 1ms }
  monitor: { kind: monitor, host: watch, targets: [lb] }
`,
  'shop.yaml',
)

let found: Spofs
beforeAll(async () => {
  found = await spofsIn(scenario, { lasts: '30s', warmup: '5s' })
}, 60_000)

const look = { width: 100, colour: false, verbose: false }
const linesOf = (text: string) => text.split('\n')
/** As one line. */
const flat = (text: string) => text.replace(/\n {2}/g, ' ')

describe('single points of failure', () => {
  test('are the first line of the text, a machine and what is on it being one', () => {
    expect(flat(spofText([found], look))).toMatch(
      /^Shop has 2 single points of failure: edge \(lb\) and app; without east \(db-1\) nobody is answered who asks for write/,
    )
  })

  test('stand in a table that fits, the worst first, and each is told why', () => {
    const text = spofText([found], look)
    for (const line of linesOf(text)) expect([...line].length).toBeLessThanOrEqual(100)
    const rows = linesOf(text).filter((line) => /^(lb|edge|app|db-1|east|watch|monitor) +\w+ /.test(line))
    expect(rows.map((row) => row.split(/ +/).slice(0, 2).join(' '))).toEqual(
      found.parts
        .filter(({ part, severity }) => severity !== 'none' && !part.includes('->') && part !== 'west')
        .map(({ part, severity }) => `${part} ${severity}`),
    )
    expect(flat(text)).toContain('The machine edge dies: nobody is answered any more: ')
    expect(flat(text)).toContain(
      'The process of db-1 dies: nobody is answered any more who asks for write; of all answers',
    )
    expect(flat(text)).toContain('no visitor notices, and nobody looks after the others meanwhile.')
    expect(flat(text)).toMatch(/Within what is borne, good answers without it: web-1 \(9\d\.\d%\)/)
    expect(flat(text)).toMatch(/Nobody misses: .*db-2/)
    expect(text).toContain('By the wiring some class is not answered without: edge; east; app; db-1')
    expect(flat(text)).toMatch(/Fix this first: edge \(\d+ min a year, \d/)
  })

  test('are told in every way in which they are lost, where all is asked for', () => {
    const text = flat(spofText([found], { ...look, verbose: true }))
    expect(text).toContain('The process of app dies: ')
    expect(text).toContain('The box app is cut off: ')
    expect(text).toContain('The wire db-1 -> db-2 is cut: no visitor notices')
  })

  test('are said in JSON as others rely on them', () => {
    const { version, spofs } = JSON.parse(spofJson([found]))
    expect(version).toBe(1)
    const [{ scenario: name, parts, cut_sets }] = spofs
    expect(name).toBe('Shop')
    expect(cut_sets.slice(0, 4)).toEqual([['edge'], ['east'], ['app'], ['db-1']])
    for (const part of parts) {
      expect(Object.keys(part)).toEqual(expect.arrayContaining(['part', 'what', 'severity', 'why', 'ways']))
      for (const key of ['availability', 'outage_s', 'lost_per_s', 'p99_ms', 'lost_writes', 'stale_reads'])
        expect(Object.keys(part[key])).toEqual(['value', 'low', 'high'])
      expect(['component', 'host', 'zone', 'wire']).toContain(part.what)
    }
    expect(parts.find(({ part }: { part: string }) => part === 'edge')).toMatchObject({
      what: 'host',
      severity: 'hard',
      availability: { value: 0 },
      outage_s: { value: null },
      carries: ['lb'],
    })
  })

  test('are one row a part in CSV', () => {
    const rows = spofCsv([found]).trim().split('\n')
    expect(rows).toHaveLength(1 + found.parts.length)
    expect(rows[0]).toMatch(
      /^scenario,file,part,what,how,severity,hidden,unanswered,availability,availability_low,/,
    )
    expect(rows[1]).toMatch(/^Shop,/)
  })

  test('have a page with the drawing in their colours', () => {
    const page = spofFiles([{ spofs: found, scenario }], assets())['spof.html']!
    expect(page).toMatch(/<g class="frame host hard[^>]*data-host="edge"/)
    expect(page).toMatch(/<g class="box hard[^>]*data-component="app"/)
    expect(page).toMatch(/<g class="box writes[^>]*data-component="db-1"/)
    expect(page).toContain('What each part that fails costs in the long run')
    expect(page).not.toContain('Two at once')
  })
})

describe('the first line', () => {
  test('says so where there is none', () => {
    const safe = { ...found, parts: found.parts.filter(({ severity }) => severity === 'none') }
    expect(spofLine(safe)).toBe('Shop has no part without which nobody is answered.')
  })

  test('says what is missing where it was interrupted', () => {
    const parts = found.parts.filter(({ part }) => part === 'edge')
    expect(spofLine({ ...found, parts, interrupted: { planned: 20, there: 1 } })).toBe(
      'Shop has 1 single point of failure: edge. Interrupted: 1 of 20 losses were tried.',
    )
  })

  test('counts a wire that hangs on no box by itself', () => {
    const wire = found.parts.find(({ part }) => part === 'web -> lb')!
    expect(spofLine({ ...found, parts: [wire] })).toBe('Shop has 1 single point of failure: web -> lb.')
  })

  test('claims nothing where nobody is answered anyway, or asked', () => {
    const without = (value: number | null) => ({
      ...found,
      without: { ...found.without, availability: { value, low: value, high: value } },
    })
    expect(flat(spofText([without(0)], look))).toMatch(
      /^Shop: nobody was answered though nothing was lost, so that nothing can be told of losses\.\n\nBy the wiring [^\n]*\n$/,
    )
    expect(spofLine(without(null))).toMatch(/^Shop: nobody asked, so that nothing can be told of losses/)
  })
})
