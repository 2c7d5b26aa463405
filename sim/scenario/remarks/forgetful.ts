import { comesAgain, type Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** Sessions are looked into, and nobody asks twice. */
export const forgetful: Remark = ({ components, users }: Scenario) =>
  users.some(comesAgain)
    ? []
    : components
        .filter(({ options }) => options.database_selector !== undefined)
        .map(
          ({ name }) =>
            `database_selector of ${name} does nothing: nobody asks more than once (closed users, or such with page: or addresses:)`,
        )
