import { listed } from '../../options/spell.js'
import { Ref } from '../../options/types.js'
import { isPlain } from '../../options/walk.js'
import type { Remark } from './remark.js'

/** One of several servers that is not checked: its share fails for as long as it is dead. */
export const unchecked: Remark = ({ components }) =>
  components.flatMap(({ name, options }) =>
    Object.values(options).flatMap((list): string[] => {
      if (!Array.isArray(list) || list.length < 2) return []
      const names = list.flatMap((one) =>
        typeof one === 'object' &&
        one !== null &&
        isPlain(one) &&
        one.check === false &&
        one.name instanceof Ref
          ? [one.name.name]
          : [],
      )
      return names.length > 0
        ? [
            `${name} does not check ${listed(names)} (check: on would): it goes on sending requests to a dead one`,
          ]
        : []
    }),
  )
