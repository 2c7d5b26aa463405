import * as z from 'zod'
import { capacityJson, explanationJson, spofJson, toJson } from '../reports/json.js'
import { catalogNames, only } from '../reports/listing.js'
import {
  capacities,
  capacityReport,
  type Precisely,
  searchesOf,
} from '../sim/experiments/capacity/capacity.js'
import { reportOf } from '../sim/experiments/compare.js'
import { Unexplained } from '../sim/experiments/explain/carried.js'
import { explain, runsFor } from '../sim/experiments/explain/explained.js'
import { replicationsIn } from '../sim/experiments/groups.js'
import { jobsOf, run } from '../sim/experiments/run.js'
import { planOf, runsOf } from '../sim/experiments/spof/plan.js'
import { spofsOf } from '../sim/experiments/spof/spof.js'
import { calmOf, trialOf, tryingOf, WISHES } from '../sim/experiments/usual.js'
import { kindHint } from '../sim/options/nearest.js'
import { type Catalog, catalog } from '../sim/scenario/catalog.js'
import { asking, objectivesIn } from './capacity.js'
import { checkedText } from './check.js'
import { Unusable } from './exit.js'
import { shippedNames } from './files.js'
import { type Given, givenOptions, readAlso, readGiven } from './mcp-given.js'
import { affordable, cutAfter, type Limits, within } from './mcp-within.js'

/** What an answer is made of: a document as the command line prints it, and what is to be said beside it. */
interface Told {
  readonly text: string
  readonly notes: readonly string[]
}

/** A question that can be asked. */
export interface Tool {
  readonly says: string
  readonly input: z.ZodObject
  answer(given: never, limits: Limits): Promise<Told> | Told
}

const tool = <Input extends z.ZodObject>(
  says: string,
  input: Input,
  answer: (given: z.output<Input>, limits: Limits) => Promise<Told> | Told,
): Tool => ({ says, input, answer })

/** Capacities: half of an interval over the value, replications at a rate at most, and at first. */
const PRECISELY: Precisely = { within: 0.05, most: 60, first: 4 }

export const tools: Readonly<Record<string, Tool>> = {
  check: tool(
    'Checks scenarios and tells everything that is wrong with them, with line and column, or what they are.',
    z.strictObject(givenOptions),
    (given) => ({ text: readGiven(given).map(checkedText).join(''), notes: [] }),
  ),
  list: tool(
    'Everything that a scenario file can say: component kinds, faults, arrivals, profiles, laws; with a name, its options and an example.',
    z.strictObject({
      name: z
        .string()
        .optional()
        .describe(
          'a kind, fault, arrival process, profile or law, or users, hosts, wires, sizes, repair, scenarios',
        ),
    }),
    ({ name }) => ({ text: JSON.stringify({ version: 1, ...listed(name) }), notes: [] }),
  ),
  run: tool(
    'Simulates scenarios: QPS, latency percentiles, availability with 95 % confidence intervals, what limits, what each fault cost, the verdict on expect:.',
    z.strictObject(givenOptions),
    (given, limits) => simulated(given, limits, 1),
  ),
  compare: tool(
    'Simulates two scenarios or more under the same visitors and the same bad luck, and compares the others with the first, in pairs.',
    z.strictObject(givenOptions),
    (given, limits) => simulated(given, limits, 2),
  ),
  capacity: tool(
    'The largest rate of visitors that keeps the objectives, what binds there, and the bottleneck; faults do not strike.',
    z.strictObject({
      ...givenOptions,
      slo: z
        .array(z.string())
        .optional()
        .describe("objectives in the place of the scenario's, such as 'latency_p99 <= 200ms'"),
      without: z.boolean().default(false).describe('also without each host'),
    }),
    async (given, limits) => {
      if (given.replications === 1) throw new Unusable('replications: expected 2 or more, for an interval')
      const { replications: first = PRECISELY.first } = given
      const asks = asking(readGiven(given), objectivesIn(given.slo ?? []), given.without)
      const precisely: Precisely = { ...PRECISELY, first }
      affordable(searchesOf(asks, precisely))
      const { answer, cut } = await within(limits, (pool) => capacities(asks, precisely, pool))
      if (answer.length === 0) throw new Unusable(cut!)
      return told(capacityJson(capacityReport(answer, asks.length)), cut)
    },
  ),
  spof: tool(
    'Loses each part in turn with traffic on: single points of failure, hidden ones too, and what visitors lose with each part.',
    z.strictObject({
      ...givenOptions,
      pairs: z.boolean().default(false).describe('also two machines at a time'),
    }),
    async (given, limits) => {
      const plans = readAlso(given, calmOf(given.lasts)).map((one) => planOf(one, trialOf(one, given)))
      affordable(plans.flatMap(runsOf))
      const { answer, cut } = await within(limits, (pool) =>
        spofsOf(plans, { ...WISHES, pairs: given.pairs }, pool),
      )
      if (answer.length === 0) throw new Unusable(cut!)
      return told(spofJson(answer.map(({ spofs }) => spofs)), cut)
    },
  ),
  explain: tool(
    'The stack told to someone who learns it: what each box does, where a request goes, what stands alone, what would bring more. Takes longer than the others.',
    z.strictObject(givenOptions),
    async (given, limits) => {
      const [scenario, ...others] = readAlso(given, calmOf(given.lasts))
      if (others.length > 0) throw new Unusable('explain takes one scenario')
      const trial = trialOf(scenario!, given)
      const trying = tryingOf(trial)
      affordable(runsFor(scenario!, trying))
      const { answer, cut } = await within(limits, (pool) => explain(scenario!, trying, pool)).catch(
        (error) => {
          if (error instanceof Unexplained) throw new Unusable(cutAfter(limits.seconds))
          throw error
        },
      )
      return told(explanationJson([answer]), cut)
    },
  ),
}

/** Compared where there must be two. */
async function simulated(given: Given, limits: Limits, least: 1 | 2): Promise<Told> {
  const scenarios = readGiven(given, least)
  affordable(scenarios.map((scenario) => ({ scenario, replications: replicationsIn(jobsOf(scenario)) })))
  const { answer: ran, cut } = await within(limits, (pool) => run(scenarios, pool))
  if (ran.length === 0) throw new Unusable(cut!)
  return told(toJson(reportOf(ran, least === 2)), cut)
}

/** Without a name, only what there is; the options of all of it are ten times as long. */
function listed(name: string | undefined): object {
  const all = catalog()
  const scenarios = shippedNames()
  if (name === 'scenarios') return { scenarios }
  if (name !== undefined) {
    const known = catalogNames(all).map((kind) => ({ kind }))
    if (!catalogNames(all).includes(name))
      throw new Unusable(`nothing is named "${name}"${kindHint(name, known)}`)
    return only(all, name)
  }
  const { components, faults, arrivals, profiles, laws } = all
  return {
    components: components.map(({ name, says, aliases }) => ({ name, says, aliases })),
    faults: faults.map(({ name, says, targets }) => ({ name, says, targets })),
    arrivals: briefly(arrivals),
    profiles: briefly(profiles),
    laws: briefly(laws),
    scenarios,
  }
}

const briefly = (written: Catalog['laws']) => written.map(({ name, form, says }) => ({ name, form, says }))

/** Characters of an answer. */
const MOST_ANSWER = 400_000

/** The document without its white space; without timelines, where it is too long with them. */
function told(json: string, cut: string | null): Told {
  const document: unknown = JSON.parse(json)
  const notes = cut === null ? [] : [cut]
  const whole = JSON.stringify(document)
  if (whole.length <= MOST_ANSWER) return { text: whole, notes }
  const text = JSON.stringify(document, (key, value) => (key === 'timeline' ? [] : value))
  if (text.length > MOST_ANSWER)
    throw new Unusable(`the answer is too long (${text.length} characters): ask for fewer scenarios at once`)
  return { text, notes: [...notes, 'timelines are left out: the answer would be too long'] }
}
