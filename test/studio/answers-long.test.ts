import { describe, expect, it } from 'vitest'
import { capacityText } from '../../reports/capacity-table.js'
import { explanationText } from '../../reports/explanation.js'
import { yearsText } from '../../reports/years-table.js'
import { asksOf } from '../../sim/experiments/capacity/ask.js'
import { capacities, capacityReport } from '../../sim/experiments/capacity/capacity.js'
import { explain } from '../../sim/experiments/explain/explained.js'
import { plan } from '../../sim/experiments/nines/nines.js'
import { PRECISELY, trialOf, tryingOf, YEARS } from '../../sim/experiments/usual.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { toldCapacity, toldExplanation, toldYears } from '../../studio/answers/told-findings.js'
import { answerIn, onePool, pageOf, stack, textOf, wide } from './asking.js'

const scenarioOf = (text: string) => parseScenario(text, 'stack.yaml')

describe('what a page asks of many runs is what the commands tell', () => {
  it('capacity', async () => {
    const { ask } = pageOf()
    const answer = answerIn(await ask('capacity', [textOf(stack())]))
    const scenario = scenarioOf(stack())
    const asks = asksOf([scenario], null, true)
    const report = capacityReport(await capacities(asks, PRECISELY, onePool), 1)
    expect(answer).toMatchObject(toldCapacity(report.capacities[0]!, scenario))
    expect(capacityText(report, wide).split('\n')[0]).toBe(answer.sentence)
    expect(answer.rows[0]![0]).toBe('latency_p99 <= 500ms')
    expect(answer.drawing).toContain('full first')
  })

  it('availability', async () => {
    const { ask } = pageOf()
    const answer = answerIn(await ask('availability', [textOf(stack())]))
    const scenario = scenarioOf(stack())
    const result = await plan(scenario, YEARS).run(onePool)
    expect(answer).toMatchObject(toldYears(result, scenario))
    expect(yearsText({ version: 1, availabilities: [result] }, wide).split('\n')[0]).toBe(answer.sentence)
    expect(answer.drawing).toContain('a year')
  })

  it('explain', async () => {
    const { ask } = pageOf()
    const answer = answerIn(await ask('explain', [textOf(stack())]))
    const scenario = scenarioOf(stack())
    const found = await explain(scenario, tryingOf(trialOf(scenario)), onePool)
    expect(answer).toMatchObject(toldExplanation(found, scenario))
    expect(explanationText(found, scenario, wide).split('\n')[0]).toBe(answer.sentence)
    expect(answer.section).toContain('<h3>Where a request goes</h3>')
  })
})
