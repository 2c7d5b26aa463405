import { gather } from '../../pools/gather.js'
import { replicationsIn } from '../../sim/experiments/groups.js'
import type { Job, Pool } from '../../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { jobsOf, type Ran, run } from '../../sim/experiments/run.js'
import { Runs } from '../../sim/experiments/runs.js'
import type { Problem } from '../../sim/scenario/problem.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { FromAnswers, Text, ToAnswers } from '../messages.js'
import { readText } from '../read-text.js'
import { sentenceOf } from '../sentence-of.js'
import { type Asked, bounded, type Told } from './asked.js'
import { questions } from './questions.js'
import { toldComparison, toldCosts, toldJson, toldReport, toldRun } from './told-runs.js'

/** Who runs a job. */
export type Submit = (job: Job) => Promise<ReplicationRecord>

/** Milliseconds between two answers of which not all is there. */
const EVERY = 250
/** Scenarios whose runs are kept, for what else is asked of them. */
const MOST_KEPT = 4

/** Answers what the page asks of many runs, as the commands do. */
export class AnsweringPage {
  /** By text. */
  private readonly runs = new Map<string, { readonly ran: Promise<Ran>; readonly work: Shared }>()

  /** @param clock milliseconds */
  constructor(
    private readonly submit: Submit,
    private readonly tell: (message: FromAnswers) => void,
    private readonly clock: () => number,
  ) {}

  async ask(ask: ToAnswers): Promise<void> {
    const { id, question } = ask
    const { tell } = this
    try {
      const read = readAll(ask.scenarios)
      if ('mistakes' in read) return tell({ type: 'mistakes', id, mistakes: read.mistakes })
      const told = await this.answered(ask, read.scenarios, {
        progress: (done, planned) => tell({ type: 'progress', id, done, planned }),
        partly: (told) => tell({ type: 'answer', id, question, whole: false, ...told }),
      })
      tell({ type: 'answer', id, question, whole: true, ...told })
    } catch (error) {
      tell({ type: 'failed', id, message: sentenceOf(error) })
    }
  }

  private async answered(
    { question, assets }: ToAnswers,
    scenarios: readonly Scenario[],
    work: Work,
  ): Promise<Told> {
    const [first] = scenarios
    if (question === 'run') return toldRun(await this.ranOf(first!, work))
    if (question === 'cost') return toldCosts(await this.ranOf(first!, work))
    if (question === 'compare') return toldComparison(await this.allOf(scenarios, work))
    if (question === 'report') return toldReport(await this.allOf(scenarios, work), assets)
    if (question === 'json') return toldJson(await this.allOf(scenarios, work))
    const asked = this.poolFor(work)
    return questions[question]({ scenarios, ...asked })
  }

  /** Of several scenarios, with one count for all; what is known of one of them alone answers nothing. */
  private allOf(scenarios: readonly Scenario[], { progress }: Work): Promise<Ran[]> {
    const counts = scenarios.map(() => ({ done: 0, planned: 0 }))
    const sum = (of: 'done' | 'planned') => counts.reduce((total, count) => total + count[of], 0)
    const each = scenarios.map((one, i) => {
      const count = (done: number, planned: number) => {
        counts[i] = { done, planned }
        progress(sum('done'), sum('planned'))
      }
      return this.ranOf(one, { progress: count, partly: () => {} })
    })
    return Promise.all(each)
  }

  /** All replications of a scenario; those that were run, or are being run, for another question are not run again. */
  private ranOf(scenario: Scenario, work: Work): Promise<Ran> {
    const key = JSON.stringify(scenario.source)
    const known = this.runs.get(key)
    if (known !== undefined) {
      known.work.join(work)
      return known.ran
    }
    const shared = new Shared(work)
    const ran = this.running(scenario, shared)
    this.runs.set(key, { ran, work: shared })
    // What has failed may be asked again.
    ran.catch(() => this.runs.delete(key))
    if (this.runs.size > MOST_KEPT) this.runs.delete(this.runs.keys().next().value!)
    return ran
  }

  private async running(scenario: Scenario, work: Work): Promise<Ran> {
    const jobs = jobsOf(scenario)
    const replications = replicationsIn(jobs)
    bounded([{ scenario, replications }])
    const { pool, plans } = this.poolFor(work)
    plans(replications)
    const [ran] = await run([scenario], this.growing(scenario, pool, work))
    return ran!
  }

  /** Tells now and then what is known by then. */
  private growing(scenario: Scenario, pool: Pool, { partly }: Work): Pool {
    let told = this.clock()
    return {
      run: (list, done, finished) => {
        const records: (ReplicationRecord | undefined)[] = list.map(() => undefined)
        return pool.run(list, done, (job, record) => {
          finished?.(job, record)
          records[list.indexOf(job)] = record
          const now = this.clock()
          if (now - told < EVERY || records.every((one) => one !== undefined)) return
          const runs = new Runs(scenario)
          runs.take(list, records)
          if (runs.inARow().length === 0) return
          told = now
          partly(toldRun({ scenario: runs.scenario, result: runs.result, records: [] }))
        })
      },
      close: () => pool.close(),
    }
  }

  private poolFor({ progress }: Work): Pick<Asked, 'pool' | 'plans'> {
    let [finished, planned] = [0, 0]
    const step = (done: () => void) => () => {
      progress(++finished, Math.max(planned, finished))
      done()
    }
    return {
      plans: (replications) => {
        planned = replications
        progress(0, planned)
      },
      pool: {
        run: (list, done, each) => gather(list, this.submit, undefined, step(done), each),
        close: async () => {},
      },
    }
  }
}

/** A question that is being worked on. */
interface Work {
  progress(done: number, planned: number): void
  partly(told: Told): void
}

/** Work that several questions wait for: each is told how far it has come, whichever of them began it. */
class Shared implements Work {
  private readonly all: Work[]
  private last: [done: number, planned: number] | null = null

  constructor(first: Work) {
    this.all = [first]
  }

  join(work: Work): void {
    this.all.push(work)
    if (this.last !== null) work.progress(...this.last)
  }

  readonly progress = (...now: [done: number, planned: number]): void => {
    this.last = now
    for (const one of this.all) one.progress(...now)
  }

  readonly partly = (told: Told): void => {
    for (const one of this.all) one.partly(told)
  }
}

function readAll(
  texts: readonly Text[],
): { readonly scenarios: readonly Scenario[] } | { readonly mistakes: readonly Problem[] } {
  const read = texts.map((text) => readText(text))
  const mistakes = read.flatMap((one) => ('mistakes' in one ? one.mistakes : []))
  return mistakes.length > 0
    ? { mistakes }
    : { scenarios: read.flatMap((one) => ('scenario' in one ? [one.scenario] : [])) }
}
