import * as z from 'zod'
import { oneOf } from '../options/types.js'
import { faultKind } from './fault.js'

/**
 * A wire is cut, or all wires that cross the border of a component, host or zone: silence in both directions, or
 * in one. Behind a switch nobody sees it; with `link: down` the machines see their own interface down.
 */
export const partition = faultKind({
  kind: 'partition',
  says: 'wires are cut: one, or all that cross the border of a component, host or zone',
  targets: ['wire', 'component', 'host', 'zone'],
  example: '{ kind: partition, target: rack-1, at: 5min, for: 1min }',
  options: z.strictObject({
    link: oneOf('up', 'down')
      .prefault('up')
      .describe(
        'up: cut behind a switch, which no machine sees; down: the interface itself, of a host or zone',
      ),
    direction: oneOf('both', 'back')
      .prefault('both')
      .describe('back: of a wire, only answers and what else comes back are lost (a firewall, a route)'),
  }),
  fits: (aims, { link, direction }) => {
    if (link === 'down' && aims.some(({ type }) => type !== 'host' && type !== 'zone'))
      return ['link', 'down is seen by a machine: target a host or a zone']
    if (direction === 'back' && aims.some(({ type }) => type !== 'wire'))
      return ['direction', 'answers come back over a wire: target one']
    return null
  },
  steps: ([target], { link, direction }, lasts) => [
    {
      after: 0,
      lasts,
      bends: [
        ...target!.wires.map(({ open, back }) => (direction === 'back' ? back : open)),
        ...(link === 'down' ? target!.hosts.map((host) => host.link) : []),
      ].map((dial) => ({ dial, by: 0 })),
    },
  ],
})
