import { listed } from '../../options/spell.js'
import { ClassNames } from '../../options/types.js'
import { reached } from '../reached.js'
import { meetsTls } from '../readable.js'
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
      ...(page.http === '2' && !meetsTls(scenario, to)
        ? [`${name} load pages by HTTP/2 in clear: browsers speak it over TLS only (tls: where they come to)`]
        : []),
      ...(passed.length > 0
        ? [
            `${listed(passed.map((spec) => spec.name))} passes on the assets of ${name}: static: does not name their class (${page.class})`,
          ]
        : []),
    ]
  })
