import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readText } from '../../cli/files.js'
import { Model } from '../../sim/model/model.js'
import { Overload } from '../../sim/parts/request.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError, showProblem } from '../../sim/scenario/problem.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { Dice, mutate } from './mutate.js'

/** NINES_FUZZ=10000 for a long run; NINES_FUZZ_FROM=1234 begins with that mutant. */
const COUNT = Number(process.env.NINES_FUZZ ?? 300)
const FROM = Number(process.env.NINES_FUZZ_FROM ?? 0)

const folder = path.resolve(import.meta.dirname, '../../scenarios')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => path.join(folder, file))
const texts = files.map((file) => readFileSync(file, 'utf8'))

/** Events of one short run. */
const MOST_EVENTS = 100_000
class Enough extends Error {}

/** Builds the scenario and runs the beginning of it, with its faults moved there. */
function runBriefly(scenario: Scenario): void {
  const rate = scenario.users.reduce((sum, { arrive }) => sum + ('open' in arrive ? arrive.open.rate : 50), 0)
  const lasts = Math.min(scenario.lasts, Math.max(300 / rate, 1e-3))
  const scale = lasts / scenario.lasts
  const faults = scenario.faults.map((fault) => {
    const { timed } = fault
    return timed === null ? fault : { ...fault, timed: { at: timed.at * scale, lasts: timed.lasts * scale } }
  })
  const model = new Model({ ...scenario, lasts, warmup: 0, faults }, 0)
  const { kernel } = model
  const after = kernel.after.bind(kernel)
  let entered = 0
  kernel.after = (delay, handler, subject) => {
    if (++entered > MOST_EVENTS) throw new Enough()
    return after(delay, handler, subject)
  }
  try {
    model.run()
  } catch (error) {
    if (!(error instanceof Enough || error instanceof Overload)) throw error
  }
}

function fate(text: string, file: string): 'runs' | 'problems' {
  let scenario: Scenario
  try {
    scenario = parseScenario(text, file, {}, readText)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    expect(error.problems.length).toBeGreaterThan(0)
    for (const problem of error.problems) {
      const line = showProblem(problem)
      expect(line).not.toMatch(/[\n\r]|Invalid input|undefined|\[object|Too (small|big)|\bat .*\.[jt]s:/)
      expect(problem.message).toMatch(/\S/)
      expect(line.length).toBeLessThan(1500)
    }
    return 'problems'
  }
  runBriefly(scenario)
  return 'runs'
}

test('the scenarios themselves run', () => {
  files.forEach((file, i) => {
    expect(fate(texts[i]!, file)).toBe('runs')
  })
})

test(`${COUNT} scenario files with slips in them: problems, or a scenario that runs`, {
  timeout: 7200_000,
}, () => {
  const fates = { runs: 0, problems: 0 }
  for (let seed = FROM; seed < FROM + COUNT; seed++) {
    const dice = new Dice(seed)
    const place = dice.below(files.length)
    const text = mutate(texts[place]!, dice)
    try {
      fates[fate(text, files[place]!)]++
    } catch (error) {
      throw new Error(`mutant ${seed} of ${files[place]}: ${(error as Error).stack}\n\n${text}`)
    }
  }
  // Slips that leave nothing to run, or nothing to say, would test nothing.
  if (COUNT >= 300) {
    expect(fates.runs).toBeGreaterThan(COUNT / 10)
    expect(fates.problems).toBeGreaterThan(COUNT / 10)
  }
})
