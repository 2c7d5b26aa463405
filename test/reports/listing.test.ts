import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogNames, catalogText, only } from '../../reports/listing.js'
import { catalog } from '../../sim/scenario/catalog.js'

const all = catalog()
const listed = (name: string) => catalogText(all, name)

describe('nines list NAME', () => {
  test.each(catalogNames(all))(
    '%s: what it is and its options, on lines no longer than the terminal',
    (name) => {
      expect(listed(name)).toContain(name)
      expect(listed(name)).toMatch(/\((required|optional|default .+)\)/)
      // What has no space cannot be broken.
      for (const width of [60, 100])
        for (const line of catalogText(all, name, width).split('\n'))
          if (/\S \S/.test(line.trim())) expect(line.length, line).toBeLessThanOrEqual(width)
    },
  )

  test.each([...all.components, ...all.faults])(
    '$name has an example, still YAML on narrow lines',
    (entry) => {
      for (const width of [60, 100]) {
        const shown = catalogText(all, entry.name, width).split(/^example \(.*\)\n/m)[1]!
        const whole = parse(entry.example)
        expect(parse(shown)).toEqual(shown.startsWith('  - ') ? [whole] : whole)
        const one = shown.startsWith('  - ') ? whole : whole[entry.name]
        expect(one.kind).toBe(entry.name)
      }
    },
  )

  test('the whole list is as wide as the terminal', () => {
    for (const width of [80, 100, 160])
      for (const line of catalogText(all, undefined, width).split('\n'))
        expect(line.length, line).toBeLessThanOrEqual(width)
  })

  test('knows every name of the whole list', () => {
    const names = [...catalogText(all, undefined).matchAll(/^ {2}([a-z0-9]+)(?:\(.*?\))? {2}/gm)].map(
      (m) => m[1]!,
    )
    expect(names.length).toBeGreaterThan(35)
    expect(catalogNames(all)).toEqual(expect.arrayContaining(names))
  })

  test('shows each form of what has several, or is two things', () => {
    expect(listed('lognormal')).toMatch(
      /^lognormal\(mean, cv\) \(law\)[\s\S]*^lognormal\(p50, p99\) \(law\)/m,
    )
    expect(listed('constant')).toMatch(/^constant\(rate\) \(arrival\)[\s\S]*^constant\(mean\) \(law\)/m)
    expect(listed('closed')).toContain('  think: law (default 0s)\n')
  })

  test('shows what is counted, what references are for, and what people also call it', () => {
    expect(listed('mysql')).toContain('  lag_ms (in ms, lag in expect:): lag behind the primary\n')
    expect(listed('mysql')).toContain('  stale_read_share (in %): share of the reads that missed a write\n')
    expect(listed('mysql')).toContain('  replicas: components, copied to (optional)\n')
    expect(listed('app')).toContain('  database: components, asked (optional)\n')
    expect(listed('monitor')).toContain('  targets: components, watched (required)\n')
    expect(listed('mysql')).toContain('Write kind: mysql for mariadb, percona, database, db, sql too.\n')
    expect(listed('service')).not.toMatch(/counts|Write kind/)
    expect(listed('service')).toContain('  memory_per_request: size (optional)\n')
  })

  test.each(catalogNames(all))('%s as JSON is about nothing else', (name) => {
    const part = Object.entries(only(all, name))
    expect(part.length).toBeGreaterThan(0)
    for (const [section, entries] of part) {
      if (section === name) expect(entries).toBe(all[name as 'users'])
      else if (!section.startsWith('every_')) for (const entry of entries) expect(entry.name).toBe(name)
    }
    // What all faults have goes with each of them, what all components have with each of those, and with nothing else.
    for (const [every, kinds] of [
      ['every_fault', all.faults],
      ['every_component', all.components],
    ] as const) {
      const isOne = kinds.some((kind) => kind.name === name)
      expect(part.some(([section]) => section === every)).toBe(isOne || name === every)
    }
  })

  test('ends with a line end, as the whole list does', () => {
    expect(listed('app')).toMatch(/[^\n]\n$/)
    expect(catalogText(all, undefined)).toMatch(/[^\n]\n$/)
  })

  test('shows the options of options, and to which choice they belong', () => {
    expect(listed('haproxy')).toMatch(/^ {2}tls: options \(optional\)$[\s\S]*^ {8}version: 1.2 \| 1.3/m)
    expect(listed('mysql')).toMatch(
      /^ {8}mode: none \| manual \| automatic \(required\)\n {8}after: law \(required\)\n {12}manual: from/m,
    )
  })
})
