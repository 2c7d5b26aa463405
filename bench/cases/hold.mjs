import { Calendar } from '../../dist/sim/kernel/calendar.js'
import { Few } from '../../dist/sim/kernel/few.js'
import { Kernel } from '../../dist/sim/kernel/kernel.js'
import { Many } from '../../dist/sim/kernel/many.js'
import { answer, measure, order } from './measure.mjs'

// The hold model: `pending` events; each, when its time has come, enters the next one an exponential time ahead.
// `list` says by which of the future event lists, if not by the calendar as it is.
const { pending, holds, list } = order
const lists = { few: Few, many: Many, calendar: Calendar }

// Drawn beforehand: what is measured is the calendar.
const TABLE = 1 << 16
const delays = new Float64Array(TABLE)
let state = 1
for (let i = 0; i < TABLE; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  delays[i] = -Math.log((state + 0.5) / 2 ** 32)
}

class Hold {
  kernel = new Kernel(new lists[list ?? 'calendar']())
  turn = 0

  constructor() {
    for (let i = 0; i < pending; i++) this.next()
  }

  next = () => {
    this.kernel.after(delays[this.turn], this.next, null)
    this.turn = (this.turn + 1) & (TABLE - 1)
  }

  run(holds) {
    const { kernel } = this
    const end = kernel.served + holds
    while (kernel.served < end) kernel.run(kernel.now + (end - kernel.served) / pending)
  }
}

const hold = new Hold()
hold.run(Math.max(holds / 5, pending))
const begun = hold.kernel.served
const { cpu } = measure(() => {
  hold.run(holds)
  return {}
})
answer({ count: hold.kernel.served - begun, cpu })
