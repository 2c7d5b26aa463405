import { describe, expect, it } from 'vitest'
import { causesCsv } from '../../../reports/csv.js'
import { causeOfFault, causesOfClasses, symptom } from '../../../reports/words/causal-chains.js'
import type { Report, Result } from '../../../sim/experiments/result.js'

type Cause = Result['causes'][number]

const cause = (more: Partial<Cause>): Cause => ({
  of: 'fault',
  name: 'crash of x',
  says: 'x was gone.',
  explains: 'time',
  share: 1,
  chain: [{ component: 'x', what: 'process gone' }],
  sample: 100,
  ...more,
})
const full = [
  { component: 'app-1', what: 'full', twins: ['app-2'] },
  { component: 'm', what: 'hangs' },
]

describe('causes in words', () => {
  it('tells what took the time and what failed at once, once where they are the same', () => {
    const time = cause({ says: 'A.' })
    const same = cause({ says: 'B.', explains: 'failures' })
    const other = cause({ says: 'C.', explains: 'failures', chain: full })
    expect(causeOfFault('crash of x', { causes: [time, same] })).toBe('The cause: A.')
    expect(causeOfFault('crash of x', { causes: [time, other] })).toBe('The cause: A. C.')
  })

  it('is not told of a fault where it is rather that of another, which struck at the same time', () => {
    const of = (name: string, share: number) => cause({ name, share, says: `${name}.` })
    const causes = [of('crash of x', 1), of('crash of y', 0.6)]
    expect(causeOfFault('crash of x', { causes })).toBe('The cause: crash of x.')
    expect(causeOfFault('crash of y', { causes })).toBeNull()
  })

  it('tells classes with one cause together, and each of them once', () => {
    const classes = { read: null, write: null } as never
    const of = (name: string, more: Partial<Cause>) => cause({ of: 'class', name, ...more })
    const causes = [
      of('read', { says: 'A.' }),
      of('read', { says: 'B.', explains: 'failures' }),
      of('write', { says: 'C.', sample: 50 }),
    ]
    expect(causesOfClasses({ causes, classes })).toEqual(['Of read: A. The same holds for write.'])
  })

  it('takes a limit for a symptom where its twin has the name', () => {
    const result = { causes: [cause({ chain: full })], bottleneck: { name: 'app-2' } } as never
    expect(symptom(result)).toContain('More of it would not help')
  })

  it('has twins in one cell of the table', () => {
    const results = [{ scenario: 's', causes: [cause({ chain: full, explains: 'failures' })] }]
    const [head, row] = causesCsv({ version: 1, results } as unknown as Report).split('\n')
    expect(head).toBe('scenario,of,name,explains,share,chain,sample,says')
    expect(row).toContain('failures,1,"app-1, app-2 full; m hangs"')
  })
})
