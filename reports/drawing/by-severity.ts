import type { SpofPart, Spofs } from '../../sim/experiments/spof/spof-result.js'
import { nines } from '../words/numbers.js'
import { lossOf } from '../words/spof-why.js'
import { bare, type Shown, type View } from './view.js'

/** What visitors lose with each part: as it was found when it was lost. */
export function bySeverity({ parts }: Spofs): View {
  const known = new Map(parts.map((one) => [one.part, one]))
  const worth = (name: string): SpofPart | null => {
    const found = known.get(name)
    return found === undefined || found.severity === 'none' ? null : found
  }
  return {
    ...bare,
    state: (name: string, type: Shown) => (type === 'users' ? '' : (worth(name)?.severity ?? '')),
    words: (name, type) => {
      const found = type === 'users' ? null : worth(name)
      return found === null ? '' : `${found.severity}${found.hidden ? ', hidden' : ''}`
    },
    badge: (name) => BADGES[worth(name)?.severity ?? 'none'],
    says: (name) => {
      const found = known.get(name)
      return found === undefined
        ? []
        : [`${nines(found.availability)} answered when ${lossOf([name], found)}`]
    },
  }
}

/** Words of the style sheet. */
const BADGES: Readonly<Record<SpofPart['severity'], string>> = {
  hard: 'fault',
  writes: 'fault',
  capacity: 'limit',
  undecided: 'limit',
  transient: 'limit',
  blind: 'ahead',
  none: 'ahead',
}
