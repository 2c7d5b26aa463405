import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { componentsCsv, faultsCsv } from '../../reports/csv.js'
import { drawing } from '../../reports/drawing/drawing.js'
import { underLoad } from '../../reports/drawing/under-load.js'
import { toHtml } from '../../reports/html.js'
import { toJson } from '../../reports/json.js'
import { catalogText } from '../../reports/listing.js'
import { toText } from '../../reports/text.js'
import { kinds } from '../../sim/components/registry.js'
import type { Report, Result } from '../../sim/experiments/result.js'
import { type FaultKind, faultKind } from '../../sim/faults/fault.js'
import { faultKinds } from '../../sim/faults/registry.js'
import { count, refs } from '../../sim/options/types.js'
import { Component } from '../../sim/parts/component.js'
import { type Kind, kind } from '../../sim/parts/kind.js'
import { Outcome } from '../../sim/parts/outcome.js'
import type { Request } from '../../sim/parts/request.js'
import { catalog } from '../../sim/scenario/catalog.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { gcPause } from '../support/documented/gc-pause.js'
import { ran } from '../support/ran.js'
import { problemsOf } from '../support/world.js'

/** A kind that nothing but this file knows. */
class Kettle extends Component {
  private boiled = 0

  accept(request: Request): void {
    this.boiled++
    request.reply(Outcome.ok)
  }

  override restart(now: number): void {
    super.restart(now)
    this.boiled = 0
  }

  override extra(): Record<string, number> {
    return { boiled: this.boiled, steam_ms: 12, lid_share: 0.25, spilt: 0, poured_qps: 3 }
  }
}

const ICON = 'M3 3h12v9h-12zM6 15h6'

const kettle = kind({
  kind: 'kettle',
  says: 'boils water',
  aliases: ['samovar'],
  icon: ICON,
  example: 'kettle: { kind: kettle }',
  options: z.strictObject({
    spares: refs({ role: 'copies' }).optional(),
    guards: refs({ role: 'watches' }).optional(),
    pours: refs().optional(),
  }),
  counts: {
    boiled: { unit: 'count', says: 'cups of water' },
    steam_ms: { unit: 'ms', says: 'time until it sings' },
    lid_share: { unit: 'share', says: 'share of the time without its lid' },
    spilt: { unit: 'count', says: 'cups spilt', zeroBeside: 'boiled' },
    poured_qps: { unit: '/s', says: 'cups poured' },
  },
  remarks: ({ name, value, shown, digits }) => [
    `${name} boiled ${digits(value('boiled')!)} cups and sang after ${shown('steam_ms')}.`,
  ],
  build: (site) => new Kettle(site),
})

const drought = faultKind({
  kind: 'drought',
  says: 'no water comes',
  targets: ['component'],
  example: '{ kind: drought, target: kettle, litres: 3, at: 5min, for: 1min }',
  options: z.strictObject({ litres: count(0).describe('not there') }),
  steps: ([target], _, lasts) => [
    { after: 0, lasts, bends: target!.components.map(({ up }) => ({ dial: up, by: 0 })) },
  ],
})

/** It comes again and again. */
const naps = { ...gcPause, kind: 'naps', example: gcPause.example.replace(gcPause.kind, 'naps') }

const KITCHEN = `
name: Kitchen
lasts: 20s
warmup: 0s
replications: 2
users: { guests: { arrive: constant(10/s), to: stove } }
components:
  stove: { kind: kettle, spares: [spare], guards: [pot], pours: [cup] }
  spare: { kind: kettle }
  pot: { kind: kettle }
  cup: { kind: service, service: 1ms }
faults:
  - { kind: drought, target: spare, litres: 2, at: 5s, for: 5s }
  - { kind: naps, target: stove, every: 2s, pause: 100ms, at: 2s, for: 5s }
  - { kind: naps, target: cup, every: 3s, pause: 1s, at: 15s }
expect:
  components.stove.steam: "<= 20ms"
  components.stove.lid_share: ">= 30%"
  components.stove.poured_qps: ">= 180/min"
`

describe('a kind and a fault that are declared nowhere else', () => {
  let scenario: Scenario
  let result: Result
  let report: Report

  // Other files of tests have the registries to themselves.
  afterAll(() => {
    ;(kinds as Kind[]).pop()
    ;(faultKinds as FaultKind[]).splice(-2)
  })
  beforeAll(async () => {
    ;(kinds as unknown as Kind[]).push(kettle as unknown as Kind)
    ;(faultKinds as unknown[]).push(drought, naps)
    const [one] = await ran(KITCHEN)
    scenario = one!.scenario
    result = one!.result
    report = { version: 1, results: [result] }
  })

  it('are told in the text, with their words and units', () => {
    const text = toText(report, [scenario]).replace(/\n\s+/g, ' ')
    expect(text).toContain(
      'stove: cups of water 199, time until it sings 12 ms, share of the time without its lid 25%, cups spilt 0, cups poured 3/s.',
    )
    expect(text).toContain('stove boiled 199 cups and sang after 12 ms.')
    expect(text).toContain('The drought of spare (5 s to 10 s)')
    expect(text).toContain('The naps of stove (2 s to 7 s)')
    expect(text).toContain('The naps of cup (from 15 s to the end)')
    // Nothing was boiled there, so that nothing was spilt is no news.
    expect(text).toContain('pot: time until it sings 12 ms, share')
    expect(text).not.toMatch(/pot: [^.]*cups spilt/)
  })

  it('stand on the page', () => {
    const page = toHtml(report, [scenario], { script: '', style: '', hashes: { script: '', style: '' } })
    expect(page).toContain('time until it sings</td><td><span class="number">12 ms</span>')
    expect(page).toContain('share of the time without its lid</td><td><span class="number">25%</span>')
    expect(page).toContain('cups poured</td><td><span class="number">3/s</span>')
    expect(page).toContain('stove boiled 199 cups and sang after 12 ms.')
    for (const fault of ['drought of spare', 'naps of stove', 'naps of cup']) expect(page).toContain(fault)
    expect(page).toContain(ICON)
  })

  it('have columns, empty for those who count something else', () => {
    const [head, ...rows] = componentsCsv(report)
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    const cell = (component: string, column: string) =>
      rows.find((row) => row[1] === component)![head!.indexOf(column)]
    expect(head!.slice(-15)).toEqual(
      ['boiled', 'steam_ms', 'lid_share', 'spilt', 'poured_qps'].flatMap((name) => [
        name,
        `${name}_low`,
        `${name}_high`,
      ]),
    )
    expect([cell('stove', 'boiled'), cell('stove', 'boiled_low')]).toEqual(['199', '199'])
    expect(cell('cup', 'boiled')).toBe('')
    expect(cell('cup', 'steam_ms_high')).toBe('')
  })

  it('are in the results as they were', () => {
    const { results } = JSON.parse(toJson(report))
    expect(results[0].components.stove.extra.steam_ms).toEqual({ value: 12, low: 12, high: 12 })
    expect(results[0].faults.map(({ kind }: { kind: string }) => kind)).toEqual(['drought', 'naps', 'naps'])
    expect(faultsCsv(report).match(/drought of spare|naps of (stove|cup)/g)).toEqual([
      'drought of spare',
      'naps of stove',
      'naps of cup',
    ])
  })

  it('are drawn, with what their references are for', () => {
    const svg = String(drawing(scenario, underLoad(result)))
    expect(svg.split(ICON)).toHaveLength(4)
    expect(svg).toMatch(/class="arrow copies[^>]*><title>stove → spare, replication/)
    expect(svg).toContain('stove → cup')
    expect(svg).not.toContain('stove → pot')
    expect(svg).toContain('watched by stove')
    expect(svg).toContain('⚡ drought')
    expect(svg).toContain('⚡ naps')
  })

  it('can be expected something of', () => {
    expect(result.expectations!.map(({ verdict, value }) => [verdict, value.value])).toEqual([
      ['met', 0.012],
      ['not met', 0.25],
      ['met', 3],
    ])
    expect(problemsOf(KITCHEN.replace('stove.steam:', 'stove.stem:'))).toEqual([
      expect.stringContaining('did you mean "steam"?'),
    ])
  })

  it('are listed', () => {
    const text = catalogText(catalog(), 'kettle')
    expect(text).toContain('Write kind: kettle for samovar too.')
    expect(text).toContain('spares: components, copied to (optional)')
    expect(text).toContain('guards: components, watched (optional)')
    expect(text).toContain('pours: components, asked (optional)')
    expect(text).toContain('steam_ms (in ms, steam in expect:): time until it sings')
    expect(text).toContain('lid_share (in %): share of the time without its lid')
    expect(text).toContain('example (components:)\n  kettle: { kind: kettle }\n')
    const drought = catalogText(catalog(), 'drought')
    expect(drought).toContain('drought (fault): no water comes')
    expect(drought).toContain(
      'example (faults:)\n  - { kind: drought, target: kettle, litres: 3, at: 5min, for: 1min }\n',
    )
  })

  it('are told what they need and have not, as their example has it', () => {
    expect(problemsOf(KITCHEN.replace('pause: 1s, ', ''))).toEqual([
      expect.stringContaining('faults.2.pause: is missing: expected a duration, such as 500ms'),
    ])
    expect(problemsOf(KITCHEN.replace('pause: 1s, ', 'pause: 3s, '))).toEqual([
      expect.stringContaining('faults.2.pause: expected less than every:'),
    ])
    expect(problemsOf(KITCHEN.replace('litres: 2, ', ''))).toEqual([
      expect.stringContaining('faults.0.litres: is missing: expected a whole number of 0 or more, such as 3'),
    ])
  })

  it('are called by a name of their own, whoever else is called so too', () => {
    const samovar = { ...kettle, kind: 'samovar', aliases: [], example: 'samovar: { kind: samovar }' }
    ;(kinds as Kind[]).push(samovar as unknown as Kind)
    try {
      const stack = (kind: string) => `
users: { guests: { arrive: constant(10/s), to: a } }
components: { a: { kind: ${kind} } }`
      expect(problemsOf(stack('samovar'))).toEqual([])
      for (const slip of ['Samovar', 'samovarr', 'samova'])
        expect(problemsOf(stack(slip))[0]).toMatch(
          /there is no component kind "\w+"; did you mean "samovar"\?$/,
        )
      expect(catalogText(catalog(), 'kettle')).not.toContain('samovar')
    } finally {
      ;(kinds as Kind[]).pop()
    }
  })

  it('are meant by the names that people use, which are no kinds', () => {
    expect(problemsOf(KITCHEN.replace('pot: { kind: kettle }', 'pot: { kind: Samovar }'))[0]).toContain(
      'there is no component kind "Samovar"; did you mean "kettle", which stands for samovar?',
    )
  })
})
