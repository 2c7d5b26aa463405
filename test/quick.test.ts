import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/built.js'

const planOf = (...files: string[]) =>
  execFileSync('node', ['test/quick.mjs', '--plan', ...files], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')

describe('the answer to a change within seconds', () => {
  it('names files that are there', () => {
    const plan = planOf('sim/components/nginx/nginx.ts', 'sim/faults/crash.ts', 'sim/components/registry.ts')
    for (const file of plan.join(' ').matchAll(/\S+\.(test\.)?ts/g))
      expect(existsSync(path.join(root, file[0])), file[0]).toBe(true)
  })

  it('asks a kind of component what all are asked, and what its words may be in the way of', () => {
    const [format, types, tests, asked, ...more] = planOf('sim/components/nginx/nginx.ts')
    expect(format).toBe('biome check sim/components/nginx/nginx.ts')
    expect(types).toBe('tsc --noEmit')
    for (const file of [
      'components/nginx/nginx',
      'components/declared',
      'reports/names',
      'reports/listing',
      'options/real',
      'tidy',
      'architecture',
    ])
      expect(tests).toContain(` test/${file}.test.ts`)
    expect(asked).toBe(
      'vitest run test/components/conformance.test.ts test/components/limits.test.ts -t \\bnginx\\b',
    )
    expect(more).toEqual([])
  })

  it('asks a fault what all are asked, whether or not it has tests of its own', () => {
    for (const kind of ['crash', 'loss']) {
      const [, , tests, asked] = planOf(`sim/faults/${kind}.ts`)
      expect(tests).toContain(' test/reports/listing.test.ts')
      expect(tests!.includes(`test/faults/${kind}.test.ts`)).toBe(kind === 'crash')
      expect(asked).toContain('test/faults/conformance.test.ts')
      expect(asked).toContain(`\\b${kind}\\b`)
      expect(asked).toContain("'service' 'gets over faults'")
    }
  })

  it('asks nothing of kinds where none has changed', () => {
    expect(planOf('sim/parts/wire.ts')[2]).toContain(' test/parts/wire.test.ts')
    expect(planOf('sim/parts/wire.ts')).toHaveLength(3)
    const [, , tests, ...more] = planOf('sim/faults/fault.ts')
    expect(tests).toContain(' test/faults/conformance.test.ts')
    expect(more).toEqual([])
  })
})
