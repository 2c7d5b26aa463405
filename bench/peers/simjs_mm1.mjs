// M/M/1 at rho = 0.8, as bench/scenarios/mm1.yaml has it: simjs_mm1.mjs CUSTOMERS
import { Latencies, report } from './measured.mjs'
import { Entity, Facility, Random, Sim } from './simjs_library.mjs'

class Customers extends Entity {
  start(count, latencies) {
    this.left = count
    this.latencies = latencies
    this.arrivals = new Random(1)
    this.services = new Random(2)
    this.server = new Facility('server')
    this.next()
  }

  next() {
    if (this.left-- > 0) this.setTimer(this.arrivals.exponential(800)).done(this.arrive)
  }

  arrive() {
    const service = this.services.exponential(1000)
    this.useFacility(this.server, service).done(this.served, this, this.time())
    this.next()
  }

  served(arrived) {
    this.latencies.record(this.time() - arrived)
  }
}

await report((count) => {
  const latencies = new Latencies()
  const sim = new Sim()
  sim.addEntity(Customers, 'customers', count, latencies)
  sim.simulate(Number.MAX_VALUE)
  return latencies
}, Number(process.argv[2]))
