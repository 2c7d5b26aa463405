import { compare } from './compare-dialog.js'
import type { Extra } from './editor-contract.js'
import { gallery } from './gallery-dialog.js'
import { share } from './share-dialog.js'
import { tour } from './tour-panel.js'

/** What is opened from the page's head. */
export const extras: readonly Extra[] = [gallery, compare, share, tour]
