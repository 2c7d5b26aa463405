// Four tiers, as bench/scenarios/four-tier.yaml has them: simjs_four_tier.mjs REQUESTS SCALE
import { Latencies, report } from './measured.mjs'
import { Entity, Facility, Random, Sim } from './simjs_library.mjs'

class Visitors extends Entity {
  start(count, scale, latencies) {
    this.left = count
    this.rate = 1600 * scale
    this.latencies = latencies
    this.timeouts = 0
    this.arrivals = new Random(1)
    this.services = new Random(2)
    this.choices = new Random(3)
    const facility = (name, workers) => new Facility(name, Facility.FCFS, workers * scale)
    this.webs = [facility('web-1', 4), facility('web-2', 4)]
    this.apps = [facility('app-1', 8), facility('app-2', 8)]
    this.primary = facility('primary', 4)
    this.replica = facility('replica', 8)
    this.number = 0
    this.passed = [0, 0]
    this.next()
  }

  next() {
    if (this.left-- > 0) this.setTimer(this.arrivals.exponential(this.rate)).done(this.arrive)
  }

  arrive() {
    const visit = { arrived: this.time(), web: this.number++ % 2, timer: null, left: false }
    visit.timer = this.setTimer(1).done(this.leave, this, visit)
    const service = this.services.exponential(1 / 0.003)
    this.useFacility(this.webs[visit.web], service).done(this.compute, this, visit)
    this.next()
  }

  compute(visit) {
    // The mean of a lognormal law is exp(mu + sigma^2 / 2).
    const service = Math.exp(this.services.normal(Math.log(0.006) - 0.125, 0.5))
    const app = this.apps[this.passed[visit.web]++ % 2]
    this.useFacility(app, service).done(this.query, this, visit)
  }

  query(visit) {
    const writes = this.choices.random() < 0.2
    const service = this.services.exponential(1 / (writes ? 0.008 : 0.003))
    this.useFacility(writes ? this.primary : this.replica, service).done(this.answer, this, visit)
  }

  answer(visit) {
    if (visit.left) return
    visit.timer.cancel()
    this.latencies.record(this.time() - visit.arrived)
  }

  leave(visit) {
    visit.left = true
    this.timeouts++
  }
}

const [requests, scale] = process.argv.slice(2).map(Number)
await report((count) => {
  const latencies = new Latencies()
  const sim = new Sim()
  sim.addEntity(Visitors, 'visitors', count, scale, latencies)
  sim.simulate(Number.MAX_VALUE)
  return latencies
}, requests)
