import type { Report } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { componentsCsv, summaryCsv, timelineCsv } from './csv.js'
import { writeAll } from './files.js'
import { toHtml } from './html.js'
import { toJson } from './json.js'

/** Writes the results as files; each appears whole or not at all. */
export function writeReport(folder: string, report: Report, scenarios: readonly Scenario[]): void {
  writeAll(folder, {
    'results.json': toJson(report),
    'summary.csv': summaryCsv(report),
    'components.csv': componentsCsv(report),
    'timeline.csv': timelineCsv(report),
    'report.html': toHtml(report, scenarios),
  })
}
