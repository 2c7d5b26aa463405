// Four tiers, as bench/scenarios/four-tier.yaml has them: simscript_four_tier.mjs REQUESTS SCALE
import { Latencies, report } from './measured.mjs'
import { Entity, Exponential, finished, LogNormal, Queue, Simulation, Uniform } from './simscript_library.mjs'

class Site extends Simulation {
  latencies = new Latencies()
  timeouts = 0
  choices = new Uniform(0, 1, 6)
  visits = 0
  passed = [0, 0]

  constructor(requests, scale) {
    super()
    this.requests = requests
    this.scale = scale
    const station = (name, workers, law) => ({ queue: new Queue(name, workers * scale), law })
    const web = new Exponential(0.003, 2)
    // Mean and standard deviation.
    const app = new LogNormal(0.006, 0.006 * Math.sqrt(Math.exp(0.25) - 1), 3)
    this.webs = [station('web-1', 4, web), station('web-2', 4, web)]
    this.apps = [station('app-1', 8, app), station('app-2', 8, app)]
    this.primary = station('primary', 4, new Exponential(0.008, 4))
    this.replica = station('replica', 8, new Exponential(0.003, 5))
  }

  onStarting() {
    super.onStarting()
    this.generateEntities(Visitor, new Exponential(1 / (1600 * this.scale), 1), this.requests)
  }
}

/** Waits for the answer, for a second. */
class Visitor extends Entity {
  answered = false

  async script() {
    const { simulation } = this
    const arrived = simulation.timeNow
    const request = new Request()
    request.visitor = this
    simulation.activate(request)
    await this.delay(1, null, this)
    if (this.answered) simulation.latencies.record(simulation.timeNow - arrived)
    else simulation.timeouts++
  }
}

class Request extends Entity {
  async script() {
    const { simulation, visitor } = this
    const web = simulation.visits++ % 2
    await this.visit(simulation.webs[web])
    await this.visit(simulation.apps[simulation.passed[web]++ % 2])
    await this.visit(simulation.choices.sample() < 0.2 ? simulation.primary : simulation.replica)
    visitor.answered = true
    this.sendSignal(visitor)
  }

  async visit({ queue, law }) {
    await this.enterQueue(queue)
    await this.delay(law.sample())
    this.leaveQueue(queue)
  }
}

const [requests, scale] = process.argv.slice(2).map(Number)
await report(async (count) => {
  const site = new Site(count, scale)
  await finished(site)
  return site.latencies
}, requests)
