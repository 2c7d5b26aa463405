// M/M/1 at rho = 0.8, as bench/scenarios/mm1.yaml has it: simscript_mm1.mjs CUSTOMERS
import { Latencies, report } from './measured.mjs'
import { Entity, Exponential, finished, Queue, Simulation } from './simscript_library.mjs'

class Site extends Simulation {
  latencies = new Latencies()
  server = new Queue('server', 1)
  services = new Exponential(0.001, 2)

  constructor(customers) {
    super()
    this.customers = customers
  }

  onStarting() {
    super.onStarting()
    this.generateEntities(Customer, new Exponential(1 / 800, 1), this.customers)
  }
}

class Customer extends Entity {
  async script() {
    const { server, services, latencies } = this.simulation
    const arrived = this.simulation.timeNow
    await this.enterQueue(server)
    await this.delay(services.sample())
    this.leaveQueue(server)
    latencies.record(this.simulation.timeNow - arrived)
  }
}

await report(async (count) => {
  const site = new Site(count)
  await finished(site)
  return site.latencies
}, Number(process.argv[2]))
