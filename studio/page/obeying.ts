import type { Desk } from './desk.js'
import type { Command } from './keys.js'
import { TABS } from './state.js'
import { nextSpeed } from './timing.js'

/**
 * Does what a key means where nothing is being typed. Returns whether it meant something.
 * @param focused the name of the box, host, zone or wire that has the focus; null for none
 */
export function obey(desk: Desk, command: Command, focused: string | null): boolean {
  if (typeof command === 'object') {
    if ('go' in command) return focused !== null && desk.walk(focused, command.go)
    desk.select(TABS[command.tab]!)
    return true
  }
  if (command === 'escape') return desk.leave()
  if (command === 'crash') return focused !== null && crash(desk, focused)
  if (command === 'heal') return focused !== null && heal(desk, focused)
  const deeds = {
    toggle: () => desk.toggle(),
    step: () => desk.step(),
    back: () => desk.back(),
    slower: () => desk.setSpeed(nextSpeed(desk.run.speed, -1)),
    faster: () => desk.setSpeed(nextSpeed(desk.run.speed, 1)),
    start: () => desk.seek(0),
    editor: () => desk.focusText(),
    keys: () => desk.showKeys(true),
  }
  deeds[command]()
  return true
}

function crash({ state, hand }: Desk, name: string): boolean {
  const fault = state.shelf?.catalog.faults.find((one) => one.name === 'crash')
  if (fault === undefined || !state.loaded?.places.some((place) => place.name === name)) return false
  hand.strike(fault, name, {})
  return true
}

function heal(desk: Desk, name: string): boolean {
  const some = desk.hand.striking.filter(({ blow }) => blow.target === name)
  desk.heal(some)
  return some.length > 0
}
