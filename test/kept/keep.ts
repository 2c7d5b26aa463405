import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { componentsCsv, summaryCsv } from '../../reports/csv.js'
import { drawing } from '../../reports/drawing/drawing.js'
import { underLoad } from '../../reports/drawing/under-load.js'
import { toText } from '../../reports/text.js'
import { inline } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'

const root = path.resolve(import.meta.dirname, '../..')

/**
 * Runs each scenario in `folder` whose name fits, and compares what is said and drawn of it with what is kept
 * in `scenarios/kept`: a number or a word that changes is seen in the diff. `npm run keep` renews what is kept.
 * @param replications with two there are intervals
 */
export function keeps(folder: string, fits: RegExp, replications = 1): void {
  const names = readdirSync(path.join(root, folder)).filter((name) => fits.test(name) && /\.yaml$/.test(name))
  it.each(names)('%s', async (name) => {
    const scenario = readScenario(path.join(folder, name), { replications })
    const ran = await run([scenario], inline)
    const report = { version: 1 as const, results: ran.map(({ result }) => result) }
    const kept = {
      'result.txt': toText(report, [scenario]),
      'summary.csv': summaryCsv(report),
      'components.csv': componentsCsv(report),
      'drawing.svg': `${drawing(scenario, underLoad(report.results[0]!))}\n`,
    }
    const at = path.join(root, 'scenarios/kept', path.basename(name, '.yaml'))
    for (const [file, text] of Object.entries(kept)) {
      await expect(text).toMatchFileSnapshot(path.join(at, file))
    }
  })
}
