import { readScenario } from '../../cli/files.js'
import type { Sweep } from '../../reports/sweep-table.js'
import { inline } from '../../sim/experiments/jobs.js'
import { pointsOf, runPoints, settingAt } from '../../sim/experiments/sweep.js'

/** The simple web stack at three rates with two and with four cores: three of the six points are overloaded. */
export async function sweptStack(lasts: string, replications: number): Promise<Sweep> {
  const settings = ['users.visitors.arrive=poisson({x}/s)', 'hosts.server-1.cores={y}']
  const dimensions = [
    { name: 'x', values: ['100', '500', '900'] },
    { name: 'y', values: ['2', '4'] },
  ]
  const points = pointsOf(dimensions)
  const scenarios = points.map((point) =>
    readScenario('scenarios/01-simple-web-stack.yaml', {
      replications,
      lasts,
      set: settings.map((setting) => settingAt(setting, point)),
    }),
  )
  const results = await runPoints(scenarios, inline, null)
  return {
    version: 1,
    settings,
    dimensions,
    points: points.map((point, i) => ({ point, result: results[i]! })),
  }
}
