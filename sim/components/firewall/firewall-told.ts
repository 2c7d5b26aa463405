import type { Telling } from '../telling.js'
import type { firewall } from './firewall.js'

/** What it looks at, and what happens while it is dead. */
export const firewallTold: Telling<typeof firewall> = ({ options: { to, mode, fail_open } }) => [
  mode === 'waf'
    ? `reads each request before ${to.name} gets it, and answers those that it takes for an attack`
    : `forwards to ${to.name} what it lets pass`,
  fail_open
    ? 'lets everything pass while it is dead'
    : 'lets nothing pass while it is dead: it stands in series',
]
