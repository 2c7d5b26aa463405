import { notes } from '../../parts/notes.js'

/**
 * What MySQL notes on a write: its position in the primary's log, once it is committed there and there are replicas; the
 * ticket of its wait for one of them.
 */
export const visit = notes({ position: 'note1', patience: 'note2' })
