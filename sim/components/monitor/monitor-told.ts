import { listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { monitor } from './monitor.js'

/** Whom it watches, and when it alerts. */
export const monitorTold: Telling<typeof monitor> = ({ options }) => {
  const { targets, scrape_interval, for: lasting, evaluation_interval } = options
  return [
    `looks every ${timeSaid(scrape_interval)} at ${listed(targets.map(({ name }) => name))}`,
    `alerts when one was gone ${lasting > 0 ? `for ${timeSaid(lasting)}` : 'at a look'}, as it finds out every ${timeSaid(evaluation_interval)}`,
    'answers no visitor: without it nobody is told',
  ]
}
