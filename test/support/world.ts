import { readText } from '../../cli/files.js'
import { Model } from '../../sim/model/model.js'
import { outcomeNames } from '../../sim/parts/outcome.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** A visitor's request that ended. Times in seconds from the start of the run. */
export interface Ended {
  users: string
  key: number
  arrived: number
  ended: number
  outcome: string
  tries: number
}

/** A model of the scenario `text`, ready to run, and all requests of its users as they end. */
export function world(text: string, replication = 0): { model: Model; ended: Ended[] } {
  const model = new Model(parseScenario(text, 'test.yaml', {}, readText), replication)
  const ended: Ended[] = []
  model.context.observe({
    ended: (request, users) =>
      ended.push({
        users,
        key: request.key,
        arrived: request.arrived,
        ended: model.kernel.now,
        outcome: outcomeNames[request.outcome]!,
        tries: request.attempt,
      }),
  })
  return { model, ended }
}

/** Runs `text` and returns what became of each request. */
export function play(text: string, replication = 0): { model: Model; ended: Ended[] } {
  const played = world(text, replication)
  played.model.run()
  return played
}

/** `{ ok: 3, refused: 1 }` */
export function tally(ended: readonly Ended[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of ended) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** How long a request took, seconds to the microsecond. */
export const response = ({ arrived, ended }: Ended): number => +(ended - arrived).toFixed(6)

/** All that `response` says of some requests, each once. */
export const responses = (ended: readonly Ended[]): number[] => [...new Set(ended.map(response))]

/** Calls `look` at each of `times` (seconds from the start of the run), after what else happens then, and collects what it returns. */
export function looks<T>(model: Model, times: readonly number[], look: () => T): T[] {
  const seen: T[] = []
  for (const time of times) model.kernel.after(time + 1e-9, () => seen.push(look()), null)
  return seen
}

/** A line of `faults:`. */
export const fault = (kind: string, target: string, at: string, lasts = ''): string =>
  `{ kind: ${kind}, target: ${target}, at: ${at}${lasts && `, for: ${lasts}`} }`

/** The problems that the checker reports for `text`, as `line:column: path: message`. */
export function problemsOf(text: string): string[] {
  try {
    parseScenario(text, 'test.yaml', {}, readText)
    return []
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace(/^test\.yaml:/, ''))
  }
}
