import { app } from './app.js'
import type { Kind } from './kind.js'
import { mysql } from './mysql.js'
import { nginx } from './nginx.js'
import { service } from './service.js'

/** All component kinds, one line each. */
export const kinds = [service, nginx, app, mysql] as unknown as readonly Kind[]
