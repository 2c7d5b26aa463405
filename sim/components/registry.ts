import type { Kind } from './kind.js'
import { service } from './service.js'

/** All component kinds, one line each. */
export const kinds: readonly Kind[] = [service as unknown as Kind]
