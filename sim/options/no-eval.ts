import * as z from 'zod'

/**
 * Schemas are walked and not compiled: a page may forbid to make code of text, and they are used once. To be imported
 * by whatever a file that makes a schema imports, since it holds for those that are made afterwards.
 */
z.config({ jitless: true })
