import type { Menu } from './state.js'

/** Pixels between a menu and what it is of. */
const GAP = 6

/** Puts the menu that is open beside what it is of, within the room of the drawing, and gives it the focus. */
export function placeMenu({ left, right, top }: Menu['beside']): void {
  const menu = document.querySelector<HTMLElement>('.menu')
  if (menu === null) return
  const { clientWidth, clientHeight } = menu.parentElement!
  const { offsetWidth: width, offsetHeight: height } = menu
  const x = right + GAP + width <= clientWidth ? right + GAP : Math.max(GAP, left - GAP - width)
  menu.style.setProperty('left', `${x}px`)
  menu.style.setProperty('top', `${Math.max(GAP, Math.min(top, clientHeight - height - GAP))}px`)
  menu.querySelector<HTMLElement>('[role=menuitem], input, button')?.focus()
}
