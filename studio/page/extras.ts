import type { Extra } from './editor-contract.js'

/** What is opened from the page's head. */
export const extras: readonly Extra[] = []
