import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Report } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { componentsCsv, summaryCsv, timelineCsv } from './csv.js'
import { toHtml } from './html.js'
import { toJson } from './json.js'

/** Writes the results as files; each appears whole or not at all. */
export function writeReport(folder: string, report: Report, scenarios: readonly Scenario[]): void {
  const files = {
    'results.json': toJson(report),
    'summary.csv': summaryCsv(report),
    'components.csv': componentsCsv(report),
    'timeline.csv': timelineCsv(report),
    'report.html': toHtml(report, scenarios),
  }
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    writeFileSync(`${file}.part`, content)
    renameSync(`${file}.part`, file)
  }
}
