import { listed } from '../../options/spell.js'
import type { ComponentSpec } from '../scenario.js'
import { passersOf } from '../sized.js'
import type { Remark } from './remark.js'

/** A bandwidth or a buffer where nothing has a size, or sizes that nothing takes time for. */
export const unsized: Remark = (scenario) => {
  const { sizes, wires, hosts, users, components } = scenario
  const narrow = wires.filter(({ bandwidth }) => bandwidth !== undefined)
  const named = [
    ...[...hosts, ...users].filter(({ bandwidth }) => bandwidth !== undefined).map(({ name }) => name),
    ...narrow.map(({ from, to }) => `${from} -> ${to}`),
  ]
  const buffered = users.filter((one) => one.receive_buffer !== undefined).map(({ name }) => name)
  const packers = components.filter(({ options }) => options.gzip === true).map(({ name }) => name)
  if (sizes === null)
    return [
      ...(packers.length === 0
        ? []
        : [`the gzip of ${listed(packers)} packs nothing: nothing has a size (sizes:)`]),
      ...(named.length === 0
        ? []
        : [`the bandwidth of ${listed(named)} limits nothing: nothing has a size (sizes:)`]),
      ...(buffered.length === 0
        ? []
        : [`the receive_buffer of ${listed(buffered)} holds nothing: nothing has a size (sizes:)`]),
    ]
  const worked = packers.length > 0 || components.some(encryptsBytes)
  if (named.length === 0 && !worked && wires.every(({ latency }) => latency === 0))
    return ['the sizes make no difference: no wire has a bandwidth or a latency']
  const passers = passersOf(scenario)
  const calls = new Set([
    ...users.map(({ name, to }) => `${name} -> ${to}`),
    ...components.flatMap(({ name, refs }) => refs.map((to) => `${name} -> ${to}`)),
  ])
  const asks = (from: string, to: string) => calls.has(`${from} -> ${to}`)
  return narrow
    .filter(({ from, to }) => !passers.has(from) || !asks(from, to))
    .map(
      ({ from, to }) =>
        `the bandwidth of ${from} -> ${to} limits nothing: what ${from} ${asks(from, to) ? 'asks' : 'tells'} there has no size`,
    )
}

/** Whether bytes cost CPU there: `tls: {}`, as visitors' bytes come to no database. */
const encryptsBytes = ({ options }: ComponentSpec): boolean => typeof options.tls === 'object'
