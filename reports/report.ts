import type { Report } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import {
  causesCsv,
  comparisonsCsv,
  componentsCsv,
  faultsCsv,
  summaryCsv,
  timeByBoxCsv,
  timelineCsv,
} from './csv.js'
import type { Assets } from './html/assets.js'
import { toHtml } from './html.js'
import { toJson } from './json.js'
import { lossesCsv } from './losses-table.js'
import { outcomesCsv } from './outcomes-table.js'
import { pagesCsv } from './pages-table.js'

/** What `--out` gets: the text of each file by its name. */
export function reportFiles(
  report: Report,
  scenarios: readonly Scenario[],
  assets: Assets,
): Record<string, string> {
  const pages = pagesCsv(report)
  return {
    'results.json': toJson(report),
    'summary.csv': summaryCsv(report),
    'outcomes.csv': outcomesCsv(report),
    ...(pages === null ? {} : { 'pages.csv': pages }),
    'components.csv': componentsCsv(report),
    'timeline.csv': timelineCsv(report),
    'faults.csv': faultsCsv(report),
    ...(report.losses === undefined ? {} : { 'losses.csv': lossesCsv(report.losses) }),
    ...(report.comparisons === undefined ? {} : { 'comparisons.csv': comparisonsCsv(report) }),
    'causes.csv': causesCsv(report),
    'time-by-box.csv': timeByBoxCsv(report),
    'report.html': toHtml(report, scenarios, assets),
  }
}
