import { describe, expect, test } from 'vitest'
import { explanationText } from '../../reports/explanation.js'
import { PLAIN_LOOK } from '../../reports/words/look.js'
import { explain } from '../../sim/experiments/explain/explained.js'
import { inline } from '../../sim/experiments/jobs.js'
import { tryingOf } from '../../sim/experiments/usual.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** A stack told, each paragraph as one line. */
async function told(users: string, expected = ''): Promise<string> {
  const scenario = parseScenario(
    `
name: Shop
users: { web: { arrive: constant(5/s), to: front, ${users} } }
components:
  front: { kind: service, service: 50ms }
${expected}`,
    'shop.yaml',
  )
  const trying = tryingOf({ lasts: '10s', warmup: '1s', replications: 1 })
  return explanationText(await explain(scenario, trying, inline), scenario, PLAIN_LOOK).replace(
    /\n {2}/g,
    ' ',
  )
}

describe('a stack that is told', () => {
  test('in which nobody is answered has no more to say of losses', async () => {
    const text = await told('timeout: 1ms', 'expect: { qps: ">= 1/s" }')
    expect(text).toMatch(/^Shop answers nobody, as it is\.\n/)
    expect(text).toContain(
      'Shop: nobody was answered though nothing was lost, so that nothing can be told of losses.',
    )
    expect(text).toContain('Here it cannot be told what is one.')
    // It has one, which no rate can keep.
    expect(text).toContain('The file has no objectives that a rate can keep')
  })

  test('which nobody asks does not say that they are not answered', async () => {
    const text = await told('profile: { 0s: 0%, 1d: 0% }')
    expect(text).toMatch(/^Nobody asks Shop for anything in the time that is measured\.\n/)
    expect(text).toContain('Shop: nobody asked, so that nothing can be told of losses.')
    expect(text).not.toContain('answers 0')
  })
})
