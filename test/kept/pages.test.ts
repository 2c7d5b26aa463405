import path from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { sweepHtml } from '../../reports/html/sweep-page.js'
import { toHtml } from '../../reports/html.js'
import { cautions, compare } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import { lose, lossesOf } from '../../sim/experiments/losses.js'
import { run } from '../../sim/experiments/run.js'
import { sweptStack } from '../support/swept.js'

/** What stands in every page is left out: only what is said of these runs is kept. */
const none = { script: '', style: '', hashes: { script: '', style: '' } }

/** Compares a page with the one that is kept: its drawing, charts, tables and words. An element a line, so that a diff can be read. */
async function keeps(name: string, page: string): Promise<void> {
  const lines = page.replaceAll(/(?<=>)(?=<(?:tr|li|p|h[1-6]|section|figure|div|text|g)\b)/g, '\n')
  await expect(lines).toMatchFileSnapshot(
    path.resolve(import.meta.dirname, '../../scenarios/kept/pages', name),
  )
}

it('of a run with a fault', async () => {
  const scenario = readScenario('scenarios/experiments/02-web-server-dies.yaml', {
    lasts: '60s',
    replications: 2,
    set: ['faults.0.at=20s', 'faults.0.for=20s'],
  })
  const ran = await run([scenario], inline)
  await keeps('run.html', toHtml({ version: 1, results: ran.map(({ result }) => result) }, [scenario], none))
})

it('of a comparison, with hosts lost', async () => {
  const scenarios = ['01-simple-web-stack', '02-distributed'].map((name) =>
    readScenario(`scenarios/${name}.yaml`, { lasts: '15s', replications: 2 }),
  )
  const ran = await run(scenarios, inline)
  const variants = scenarios.map((one) => lossesOf(one, 1))
  const report = {
    version: 1 as const,
    results: ran.map(({ result }) => result),
    comparisons: compare(ran),
    notes: cautions(ran),
    losses: await lose(scenarios, variants, inline),
  }
  await keeps('compare.html', toHtml(report, scenarios, none))
})

it('of a sweep, into overload', async () => {
  await keeps('sweep.html', sweepHtml(await sweptStack('10s', 2), none))
})
