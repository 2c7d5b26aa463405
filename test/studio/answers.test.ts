import { describe, expect, it } from 'vitest'
import { toJson } from '../../reports/json.js'
import { spofText } from '../../reports/spof-table.js'
import { toText } from '../../reports/text.js'
import { reportOf } from '../../sim/experiments/compare.js'
import { run } from '../../sim/experiments/run.js'
import { planOf } from '../../sim/experiments/spof/plan.js'
import { spofsOf } from '../../sim/experiments/spof/spof.js'
import { trialOf, WISHES } from '../../sim/experiments/usual.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { toldLosses } from '../../studio/answers/told-findings.js'
import type { Answer, FromAnswers } from '../../studio/messages.js'
import { answerIn, once, onePool, pageOf, stack, textOf, wide } from './asking.js'

const faulty = 'faults: [{ kind: crash, target: one, at: 5s, for: 3s }]\n'
const scenarioOf = (text: string, file = 'stack.yaml') => parseScenario(text, file)

describe('what a page asks of many runs is what the commands tell', () => {
  it('run: replications as they come, and at the end the bytes of the command', async () => {
    const { ask } = pageOf()
    const heard = await ask('run', [textOf(stack(faulty))])
    const answer = answerIn(heard)
    const scenario = scenarioOf(stack(faulty))
    const ran = await run([scenario], onePool)
    const report = reportOf(ran, false)
    expect(answerIn(await ask('json', [textOf(stack(faulty))])).saved).toBe(toJson(report))
    expect(toText(report, [scenario], wide)).toContain(answer.sentence)
    expect(answer).toMatchObject({ question: 'run', whole: true })
    expect(answer.rows.map(([metric]) => metric).slice(0, 3)).toEqual([
      'answered a second',
      'good',
      'availability',
    ])
    expect(answer.rows[0]![2]).toMatch(/^±/)
    expect(answer.drawing).toContain('data-component="lb"')
    expect(answer.section).not.toMatch(/<[^>]* style=/)
    const partly = heard.filter((one) => one.type === 'answer' && !one.whole) as Answer[]
    // Four replications, then four without the fault.
    expect(partly).toHaveLength(7)
    for (const one of partly) expect(one.sentence.length).toBeGreaterThan(10)
    expect(partly[0]!.rows[0]![2]).toBe('')
    expect(partly[1]!.rows[0]![2]).toMatch(/^±/)
    expect(heard.flatMap((one) => (one.type === 'progress' ? [`${one.done}/${one.planned}`] : []))).toEqual(
      Array.from({ length: 9 }, (_, i) => `${i}/8`),
    )
  })

  it('cost: of the same runs, which are not run again', async () => {
    let jobs = 0
    const { ask } = pageOf((job) => {
      jobs++
      return once(job)
    })
    await ask('run', [textOf(stack(faulty))])
    const before = jobs
    const answer = answerIn(await ask('cost', [textOf(stack(faulty))]))
    expect([before, jobs]).toEqual([8, 8])
    expect(answer.sentence).toMatch(/^The crash of one .* cost /)
    expect(answer.rows[0]![0]).toBe('crash of one')
    expect(answerIn(await ask('cost', [textOf(stack())])).sentence).toMatch(/^No fault strikes/)
  })

  it('cost, while the runs are under way: how far they are is told to whoever waits', async () => {
    const { ask } = pageOf()
    const [first, second] = await Promise.all(
      (['run', 'cost'] as const).map((question) => ask(question, [textOf(stack(faulty))])),
    )
    const counts = (heard: readonly FromAnswers[]) =>
      heard.flatMap((one) => (one.type === 'progress' ? [`${one.done}/${one.planned}`] : []))
    expect(counts(second!)).toEqual(counts(first!))
    expect(counts(second!)).toHaveLength(9)
    expect(answerIn(second!)).toMatchObject({ question: 'cost', whole: true })
  })

  it('compare, and the report of both', async () => {
    const slower = stack().replaceAll('20ms', '35ms').replace('Two servers', 'Slow servers')
    const { ask } = pageOf()
    const texts = [textOf(stack(), 'quick.yaml'), textOf(slower, 'slow.yaml')]
    const heard = await ask('compare', texts)
    const answer = answerIn(heard)
    // One count for both, and nothing told of one of them alone.
    expect(heard.filter(({ type }) => type === 'answer')).toHaveLength(1)
    const counts = heard.flatMap((one) => (one.type === 'progress' ? [[one.done, one.planned]] : []))
    expect(counts.at(-1)).toEqual([8, 8])
    expect(counts.map(([done]) => done)).toEqual(counts.map(([done]) => done).sort((a, b) => a! - b!))
    const scenarios = [scenarioOf(stack(), 'quick.yaml'), scenarioOf(slower, 'slow.yaml')]
    const report = reportOf(await run(scenarios, onePool), true)
    expect(answerIn(await ask('json', texts)).saved).toBe(toJson(report))
    expect(toText(report, scenarios, wide).split('\n')[0]).toBe(answer.sentence)
    expect(answer.section).toMatch(/answered a second.*<\/td><td>.*<\/td><\/tr>/)
    expect(answer.section).toMatch(/used most<\/th><td>a, .*%<\/td><td>a, .*%<\/td>/)
    const assets = { script: 'let x', style: 'p{}', hashes: { script: 'sha256-x', style: 'sha256-y' } }
    const { saved } = answerIn(await ask('report', texts, { assets }))
    expect(saved).toMatch(/^<!doctype html>/)
    expect(saved).toContain('Slow servers')
    expect((await ask('report', texts)).at(-1)).toMatchObject({ type: 'failed' })
  })

  it('spof', async () => {
    const { ask } = pageOf()
    const answer = answerIn(await ask('spof', [textOf(stack())]))
    const scenario = scenarioOf(stack())
    const [found] = await spofsOf([planOf(scenario, trialOf(scenario))], WISHES, onePool)
    expect(answer).toMatchObject(toldLosses(found!.spofs, scenario))
    expect(spofText([found!.spofs], wide).split('\n')[0]).toBe(answer.sentence)
    expect(answer.rows[0]!.slice(0, 2)).toEqual(['lb', 'hard'])
    expect(answer.drawing).toMatch(/class="box hard ?" data-component="lb"/)
  })
})

describe('what cannot be answered', () => {
  it('is a mistake where it stands, in all texts at once', async () => {
    const { ask } = pageOf()
    const wrong = stack().replace('kind: haproxy', 'kind: haprxy')
    const [told, ...more] = await ask('compare', [textOf(wrong, 'a.yaml'), textOf('lasts: soon', 'b.yaml')])
    expect(more).toEqual([])
    if (told!.type !== 'mistakes') throw new Error('no mistakes')
    expect(told.mistakes[0]).toMatchObject({ file: 'a.yaml', line: 9, path: 'components.lb.kind' })
    expect(new Set(told.mistakes.map(({ file }) => file))).toEqual(new Set(['a.yaml', 'b.yaml']))
  })

  it('is told: too large a text, too many files, too much work', async () => {
    const { ask } = pageOf()
    const large = await ask('run', [textOf(`# ${'x'.repeat(300_000)}`)])
    expect(large[0]).toMatchObject({
      mistakes: [{ message: 'expected a text of at most 256 kB, not 293 kB' }],
    })
    const files = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`${i}.yaml`, '']))
    expect((await ask('run', [{ ...textOf(stack()), files }]))[0]).toMatchObject({
      mistakes: [{ message: 'expected at most 16 files that the scenario names, not 17' }],
    })
    const long = stack().replace('20/s', '2k/s').replace('lasts: 20s', 'lasts: 1d')
    expect((await ask('run', [textOf(long)])).at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(/^some .* requests would have to be simulated/),
    })
  })

  it.each(['run', 'capacity', 'spof', 'availability', 'explain'] as const)(
    'is told before anything is simulated: %s would take too much work',
    async (question) => {
      const { ask } = pageOf(() => Promise.reject(new Error('nobody is to simulate')))
      // Each request becomes ten thousand.
      const heavy = stack()
        .replace('poisson(20/s), to: lb', 'poisson(40/s), to: most')
        .replace('replications: 4', 'replications: 500')
        .replace(
          'components:',
          `components:
  most: { kind: fanout, to: [{ name: more, times: 100 }] }
  more: { kind: fanout, to: [{ name: lb, times: 100 }] }`,
        )
      expect((await ask(question, [textOf(heavy)])).at(-1)).toMatchObject({
        type: 'failed',
        message: expect.stringMatching(/^some .* requests would have to be simulated/),
      })
    },
  )

  it('is told: what a command refuses', async () => {
    const { ask } = pageOf()
    const attacked = stack()
      .replace('timeout: 2s', 'timeout: 2s, malicious: true')
      .replace(/expect.*\n/, '')
    expect((await ask('availability', [textOf(attacked)])).at(-1)).toMatchObject({
      message: 'nobody asks but attackers',
    })
    const closed = stack().replace('poisson(20/s)', '"closed(users=5, think=1s)"')
    expect((await ask('capacity', [textOf(closed)])).at(-1)).toMatchObject({ type: 'failed' })
    const broken = pageOf(async () => {
      throw new Error('a worker died: out of memory')
    })
    expect((await broken.ask('run', [textOf(stack())])).at(-1)).toMatchObject({
      type: 'failed',
      message: 'a worker died: out of memory',
    })
    // It is not kept.
    expect((await broken.ask('run', [textOf(stack())])).at(-1)).toMatchObject({ type: 'failed' })
  })
})
