import { drawing } from '../../reports/drawing/drawing.js'
import { bare } from '../../reports/drawing/view.js'
import { Standstill } from '../../sim/kernel/kernel.js'
import { Overload } from '../../sim/parts/request.js'
import type { FromLive, ToLive } from '../messages.js'
import { readText } from '../read-text.js'
import { sentenceOf } from '../sentence-of.js'
import { loadedOf } from './loaded.js'
import { SeenRun } from './seen-run.js'

/** Milliseconds of one go: in between the page is heard. */
const WARM = 1000
const LOOKING_BACK = 30

/** What is seen at present; whatever is asked of another is of no use any more. */
let seen: { readonly id: number; readonly run: SeenRun } | null = null
/** Counts what was looked back at: who asks for another stretch waits no more for the one before. */
let looks = 0

const clock = () => performance.now()

function tell(message: FromLive, given: Transferable[] = []): void {
  self.postMessage(message, { transfer: given })
}

/** Takes the page's messages to the run that is seen. */
export function live(): void {
  self.onmessage = ({ data }: MessageEvent<ToLive>) => {
    try {
      if (data.type === 'load') load(data)
      else if (seen?.id === data.id) hear(data, seen.run)
    } catch (error) {
      seen = null
      tell({ type: 'failed', id: data.id, message: sentenceOf(error) })
    }
  }
}

type Message<Type extends ToLive['type']> = Extract<ToLive, { type: Type }>

function load({ id, scenario: text }: Message<'load'>): void {
  const read = readText(text)
  if ('mistakes' in read) {
    tell({ type: 'mistakes', id, mistakes: read.mistakes })
    return
  }
  const { scenario } = read
  const loaded = loadedOf(id, scenario)
  // It is drawn while the rest is made, and the warm-up goes on.
  tell(loaded)
  tell({ type: 'picture', id, svg: String(drawing(scenario, bare)) })
  seen = { id, run: new SeenRun(scenario, loaded.places, loaded.arrows, clock) }
  seen.run.warmUp(WARM)
}

function hear(message: Exclude<ToLive, Message<'load'>>, run: SeenRun): void {
  const { type, id } = message
  if (type === 'tick') {
    const { dots, boxes, hosts, lines, ...rest } = run.step(message)
    const given = [dots, boxes, hosts, lines].map(({ buffer }) => buffer as ArrayBuffer)
    tell({ type: 'frame', id, dots, boxes, hosts, lines, ...rest }, given)
  } else if (type === 'ways') void lookBack(message, run)
  else meddle(message, run)
}

/** What somebody does that cannot be done is no failure of the run. */
function meddle(message: Message<'strike' | 'heal' | 'rate'>, run: SeenRun): void {
  const { id } = message
  try {
    if (message.type === 'strike') {
      const { strike, blow, at } = message
      tell({ type: 'struck', id, strike, at: run.strike(strike, blow, at) })
    } else if (message.type === 'heal') {
      const { strike, at } = message
      tell({ type: 'healed', id, strike, lasts: run.heal(strike, at) })
    } else {
      const { users, factor } = message
      tell({ type: 'rated', id, users, factor, at: run.rate(users, factor) })
    }
  } catch (error) {
    if (error instanceof Overload || error instanceof Standstill) throw error
    tell({
      type: 'refused',
      id,
      strike: message.type === 'rate' ? -1 : message.strike,
      message: sentenceOf(error),
    })
  }
}

async function lookBack({ id, from, to }: Message<'ways'>, run: SeenRun): Promise<void> {
  const look = ++looks
  const replay = run.ways(from, to)
  try {
    while (seen?.run === run && looks === look) {
      const ways = replay.step(LOOKING_BACK)
      if (ways !== null) {
        tell({ type: 'ways', id, from, to, until: replay.now, ways })
        return
      }
      await new Promise((resolve) => setTimeout(resolve))
    }
  } catch (error) {
    tell({ type: 'failed', id, message: sentenceOf(error) })
  }
}
