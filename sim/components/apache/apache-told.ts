import { timeSaid } from '../../options/spell.js'
import { askingTold, workersTold } from '../app/app-told.js'
import { spawningTold } from '../app/pm.js'
import type { Telling } from '../telling.js'
import type { apache } from './apache.js'
import { sparesOf } from './spares.js'

/** Web server and application in one: who keeps a connection has a worker. */
export const apacheTold: Telling<typeof apache> = ({ options }, { all }) => [
  workersTold(options.max_request_workers, options.database, sparesOf(options)),
  ...spawningTold(sparesOf(options)),
  ...(options.keep_alive
    ? [`keeps a worker for a visitor who may ask again, for ${timeSaid(options.keep_alive_timeout)}`]
    : []),
  ...askingTold(options, all),
]
