import type { Shelf } from '../shelf.js'
import type { Desk } from './desk.js'
import type { Command } from './keys.js'
import type { Side } from './side.js'
import { TABS } from './state.js'
import { nextSpeed } from './timing.js'

/** What has the focus: a box, host, zone or wire, by its name. */
interface Focused {
  readonly side: Side
  readonly name: string
}

/**
 * Does what a key means where nothing is being typed. Returns whether it meant something.
 * @param focused null for nothing of a drawing
 */
export function obey(desk: Desk, command: Command, focused: Focused | null): boolean {
  if (typeof command === 'object') {
    if ('go' in command) return focused !== null && walk(focused, command.go)
    desk.select(TABS[command.tab]!)
    return true
  }
  if (command === 'escape') return desk.leave()
  if (command === 'crash') return focused !== null && crash(desk.state.shelf, focused)
  if (command === 'heal') return focused !== null && heal(desk, focused)
  const deeds = {
    toggle: () => desk.toggle(),
    step: () => desk.step(),
    back: () => desk.back(),
    slower: () => desk.setSpeed(nextSpeed(desk.clock.speed, -1)),
    faster: () => desk.setSpeed(nextSpeed(desk.clock.speed, 1)),
    start: () => desk.seek(0),
    editor: () => desk.focusText(),
    keys: () => desk.showKeys(true),
  }
  deeds[command]()
  return true
}

/** Gives the focus to what lies in a direction. Returns whether there is something. */
function walk({ side: { stage }, name }: Focused, direction: 'up' | 'down' | 'left' | 'right'): boolean {
  const next = stage?.nextTo(name, direction) ?? null
  if (next !== null) stage!.buttonOf(next)?.focus()
  return next !== null
}

function crash(shelf: Shelf | null, { side: { state, hand }, name }: Focused): boolean {
  const fault = shelf?.catalog.faults.find((one) => one.name === 'crash')
  if (fault === undefined || !state.loaded?.places.some((place) => place.name === name)) return false
  hand.strike(fault, name, {})
  return true
}

function heal(desk: Desk, { side, name }: Focused): boolean {
  const some = side.hand.striking.filter(({ blow }) => blow.target === name)
  desk.heal(some)
  return some.length > 0
}
