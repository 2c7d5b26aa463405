import { type Letter, letters, told } from '../../components/told.js'
import type { EveryComponent } from '../../parts/every-component.js'
import { neighbourOf } from '../../parts/kind.js'
import { restartTold } from '../../parts/restart-policies.js'
import type { Scenario } from '../../scenario/scenario.js'
import { variantOf } from '../../scenario/variant.js'
import type { Capacity } from '../capacity/answer.js'
import type { Precisely, Search } from '../capacity/capacity.js'
import { offeredOf } from '../capacity/offered.js'
import type { Pool } from '../jobs.js'
import type { Result } from '../result.js'
import { run } from '../run.js'
import { planOf, runsOf, type Trial } from '../spof/plan.js'
import { spofsOf, type Wishes } from '../spof/spof.js'
import type { Spofs } from '../spof/spof-result.js'
import { capacityOf, searchesIn, Unexplained } from './carried.js'
import { placeTold } from './place-told.js'
import { MOST_SEARCHES, type RemedyTold, remediesOf } from './remedies-told.js'
import { type Route, routesOf } from './routes.js'

/** A stack, told to who learns it. */
export interface Explanation {
  scenario: string
  file: string
  seed: string
  /** In the order of the file. */
  components: ComponentTold[]
  routes: Route[]
  /** Nothing broken, at the load of the file. */
  calm: Result
  spofs: Spofs
  /** Null where it cannot be asked for, and why. */
  capacity: Capacity | null
  because: string | null
  /** As far as they were tried. */
  remedies: RemedyTold[]
  /** The pool was told to stop before all of them were. */
  interrupted?: true
}

interface ComponentTold {
  name: string
  kind: string
  host: string | null
  cores: number | null
  /** What completes `It ...`. */
  does: string[]
  /** Its letters in LAMP or LEMP. */
  letters: readonly Letter[]
}

/** How it is tried. */
export interface Trying {
  /** Of losses, and of runs at the load of the file. */
  readonly trial: Trial
  readonly wishes: Wishes
  /** Of capacities. */
  readonly precisely: Precisely
}

/** What an explanation runs, about: what is lost, and for each remedy, and without any, a search for what is carried. */
export function runsFor(scenario: Scenario, { trial, precisely }: Trying): Search[] {
  const searches = searchesIn(scenario, precisely)
  return [
    ...runsOf(planOf(scenario, trial)),
    ...searches.map((one) => ({ ...one, replications: MOST_SEARCHES * one.replications })),
  ]
}

/**
 * Explains a scenario: its faults do not strike, and all that is said of losses, loads and remedies has been tried.
 * @throws Unexplained where it was told to stop before losses and the usual load were known
 */
export async function explain(
  scenario: Scenario,
  { trial, wishes, precisely }: Trying,
  pool: Pool,
): Promise<Explanation> {
  const whole = variantOf(scenario, { set: ['faults=null', 'expect=null'] })
  const [tried] = await spofsOf([planOf(scenario, trial)], wishes, pool)
  if (tried === undefined || tried.spofs.interrupted !== undefined) throw new Unexplained()
  const [usual] = await run([variantOf(whole, trial)], pool)
  if (usual === undefined || usual.result.interrupted !== undefined) throw new Unexplained()
  const remedies: RemedyTold[] = []
  let asked: Capacity | { because: string } = { because: 'it was interrupted before that' }
  let interrupted = false
  try {
    asked = await capacityOf(scenario, precisely, pool)
    const found = { scenario, result: usual.result }
    const how = { trial, precisely, offered: offeredOf(scenario) }
    const capacity = 'because' in asked ? null : asked
    for await (const one of remediesOf(found, capacity, how, pool)) remedies.push(one)
  } catch (error) {
    if (!(error instanceof Unexplained)) throw error
    interrupted = true
  }
  return {
    scenario: scenario.name,
    file: scenario.file,
    seed: scenario.seed,
    components: componentsOf(scenario),
    routes: routesOf(whole),
    calm: usual.result,
    spofs: tried.spofs,
    capacity: 'because' in asked ? null : asked,
    because: 'because' in asked ? asked.because : null,
    remedies,
    ...(interrupted && { interrupted: true as const }),
  }
}

function componentsOf(scenario: Scenario): ComponentTold[] {
  const all = scenario.components.map(neighbourOf)
  return scenario.order.map((name) => {
    const { kind, host } = scenario.components.find((one) => one.name === name)!
    const self = all.find((one) => one.name === name)!
    const machine = scenario.hosts.find((one) => one.name === host)
    const cores = machine?.cores ?? null
    const does = [
      ...told[kind.kind]!(self, { all, asked: scenario.classes }),
      ...placeTold(self.options as EveryComponent, 'io' in kind.options.shape, machine),
      ...restartTold((self.options as EveryComponent).restart),
    ]
    return { name, kind: kind.kind, host, cores, does, letters: letters[kind.kind]?.(self.options) ?? [] }
  })
}
