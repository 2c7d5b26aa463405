import { type FaultEntry, fieldsOf, type TargetSort } from './fault-lines.js'
import { placeMenu } from './placing.js'
import type { Side } from './side.js'
import type { Menu, State, Strike } from './state.js'

interface MenusHost {
  readonly state: State
  readonly sides: readonly Side[]
  renderNow(): void
}

/** The menu on a box, host, zone or wire, and what is chosen in it. */
export class Menus {
  constructor(private readonly host: MenusHost) {}

  open(side: Side, target: string, sort: TargetSort, beside: Menu['beside']): void {
    const { host } = this
    host.state.menu = { side: host.sides.indexOf(side), target, sort, beside, form: null }
    host.renderNow()
    placeMenu(beside)
  }

  close(): void {
    const { host } = this
    const { menu } = host.state
    if (menu === null) return
    host.state.menu = null
    host.renderNow()
    host.sides[menu.side]?.stage?.buttonOf(menu.target)?.focus()
  }

  choose(fault: FaultEntry): void {
    const { host } = this
    const { menu } = host.state
    if (menu === null) return
    if (fieldsOf(fault).length === 0) {
      this.strike(fault, {})
      return
    }
    host.state.menu = { ...menu, form: fault }
    host.renderNow()
    placeMenu(menu.beside)
  }

  strike(fault: FaultEntry, options: Readonly<Record<string, string>>): void {
    const { menu } = this.host.state
    if (menu === null) return
    this.host.sides[menu.side]?.hand.strike(fault, menu.target, options)
    this.close()
  }

  heal(strikes: readonly Strike[]): void {
    for (const strike of strikes)
      this.host.sides.find(({ state }) => state.strikes.includes(strike))?.hand.heal(strike)
    this.close()
  }
}
