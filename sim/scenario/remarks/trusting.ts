import { certificate } from '../../faults/certificate.js'
import { listed } from '../../options/spell.js'
import { leadsFurther, ledTo } from '../../parts/kind.js'
import type { ComponentSpec, Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** A certificate that expires at a database, and that nobody looks at who connects to it. */
export const trusting: Remark = (scenario) =>
  scenario.faults.flatMap(({ kind, says, targets }) => {
    const ends = kind.kind === certificate.kind ? struck(scenario, targets) : []
    // Browsers and proxies look at those that are described (tls: {}).
    const trusted = ends.length > 0 && ends.every(({ options }) => options.tls === true)
    if (!trusted || ends.some(({ name }) => callersOf(scenario, name).some(looks))) return []
    const names = listed(ends.map(({ name }) => name))
    return [`the ${says} does nothing: nobody who connects to ${names} looks at it (ssl_verify_server_cert)`]
  })

const struck = ({ components, hosts }: Scenario, targets: readonly string[]): ComponentSpec[] =>
  components.filter(
    ({ name, host, options }) =>
      options.tls &&
      (targets.includes(name) ||
        hosts.some(
          (one) => one.name === host && (targets.includes(one.name) || targets.includes(one.zone ?? '')),
        )),
  )

const looks = ({ options }: ComponentSpec): boolean => options.ssl_verify_server_cert === true

/** Whose TLS ends at `name`: those that call it, or call what leads there. */
function callersOf({ components }: Scenario, name: string): ComponentSpec[] {
  const led = new Set([name])
  for (const one of led)
    for (const spec of components) if (leadsFurther(spec) && ledTo(spec).includes(one)) led.add(spec.name)
  return components.filter(({ refs }) => refs.some((one) => led.has(one)))
}
