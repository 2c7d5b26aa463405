import { html, nothing, type TemplateResult } from 'lit-html'
import type { View } from './actions.js'
import { type FaultEntry, faultsFor, fieldsOf, titleOf } from './fault-lines.js'
import type { Menu } from './state.js'

/** What can strike the thing that was chosen, or the options of one of these; nothing if nothing was chosen. */
export function faultMenu(view: View): TemplateResult | typeof nothing {
  const { menu, shelf } = view.state
  if (menu === null || shelf === null) return nothing
  return menu.form === null
    ? items(view, menu, faultsFor(shelf.catalog, menu.sort))
    : form(view, menu, menu.form)
}

/** What strikes it by hand, and can be healed. */
const striking = ({ sides }: View, { side, target }: Menu) =>
  sides[side]?.strikes.filter(({ blow }) => blow.target === target) ?? []

function items(view: View, menu: Menu, faults: readonly FaultEntry[]): TemplateResult {
  const { actions } = view
  const healing = striking(view, menu)
  return html`<div class="menu" role="menu" aria-label=${menu.target} @keydown=${(event: KeyboardEvent) => keys(event, () => actions.closeMenu())}>
    <p class="of" role="presentation">${menu.target}</p>
    ${
      healing.length === 0
        ? nothing
        : html`<button type="button" role="menuitem" class="heal" tabindex="-1" @click=${() => actions.heal(healing)}>
          Heal</button>`
    }
    ${faults.map(
      (fault) => html`<button
        type="button"
        role="menuitem"
        tabindex="-1"
        title=${fault.says}
        @click=${() => actions.choose(fault)}
      >${titleOf(fault)}</button>`,
    )}
  </div>`
}

/** Arrow keys go from one item to the next, Escape and Tab away. */
function keys(event: KeyboardEvent, close: () => void): void {
  const menu = event.currentTarget as HTMLElement
  const all = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const at = all.indexOf(document.activeElement as HTMLElement)
  const to = {
    ArrowDown: (at + 1) % all.length,
    ArrowUp: (at - 1 + all.length) % all.length,
    Home: 0,
    End: all.length - 1,
  }[event.key]
  if (to !== undefined) all[to]!.focus()
  else if (event.key === 'Escape' || event.key === 'Tab') close()
  else {
    const letter = event.key.toLowerCase()
    const named = [...all.slice(at + 1), ...all].find((one) =>
      one.textContent!.trim().toLowerCase().startsWith(letter),
    )
    if (event.key.length !== 1 || event.key === ' ' || named === undefined) return
    named.focus()
  }
  event.preventDefault()
  event.stopPropagation()
}

function form({ actions }: View, menu: Menu, fault: FaultEntry): TemplateResult {
  const title = titleOf(fault)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = [...new FormData(event.target as HTMLFormElement)].map(([name, value]) => [
      name,
      String(value).trim(),
    ])
    actions.strike(fault, Object.fromEntries(given.filter(([, value]) => value !== '')))
  }
  const leave = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') actions.closeMenu()
  }
  return html`<form class="menu form" aria-label=${`${title}: ${menu.target}`} @submit=${submit} @keydown=${leave}>
    <p class="of"><strong>${title}</strong> ${menu.target}</p>
    <p class="help">${fault.says}</p>
    ${fieldsOf(fault).map(
      ({ name, says, value, required }) => html`<label
        ><span>${name}</span><input name=${name} .value=${value} ?required=${required} autocomplete="off" spellcheck="false"
      /><small>${says}</small></label>`,
    )}
    <label><span>for</span><input name="for" placeholder="until healed" autocomplete="off" spellcheck="false" /></label>
    <div class="row">
      <button type="submit" class="main">Strike</button>
      <button type="button" @click=${() => actions.closeMenu()}>Cancel</button>
    </div>
  </form>`
}
