import { listed } from '../../options/spell.js'
import { ClassNames } from '../../options/types.js'
import { leadsFurther, ledTo } from '../../parts/kind.js'
import { reached } from '../reached.js'
import type { Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** Pages over HTTP/2 in clear, which no browser speaks; assets that a web server passes on, which names others static. */
export const browsers: Remark = (scenario) =>
  scenario.users.flatMap((users) => {
    const { name, to, page } = users
    if (page === undefined) return []
    const way = reached(scenario, (one) => one === users)
    const passed = scenario.components.filter(
      ({ name, options }) =>
        way.has(name) &&
        'upstream' in options &&
        options.static instanceof ClassNames &&
        !options.static.names.includes(page.class),
    )
    return [
      ...(page.http === '2' && !endsOf(scenario, to).some(({ kind, options }) => kind.encrypts?.(options))
        ? [`${name} load pages by HTTP/2 in clear: browsers speak it over TLS only (tls: where they come to)`]
        : []),
      ...(passed.length > 0
        ? [
            `${listed(passed.map((spec) => spec.name))} passes on the assets of ${name}: static: does not name their class (${page.class})`,
          ]
        : []),
    ]
  })

/** Where connections end that lead to `to`. */
function endsOf(scenario: Scenario, to: string): Scenario['components'] {
  const spec = scenario.components.find(({ name }) => name === to)!
  return leadsFurther(spec) && spec.refs.length > 0
    ? ledTo(spec).flatMap((ref) => endsOf(scenario, ref))
    : [spec]
}
