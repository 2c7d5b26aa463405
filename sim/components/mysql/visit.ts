import { notes } from '../../parts/notes.js'

/**
 * What MySQL notes on a write: its position in the primary's log, once it is committed there and there are replicas; the
 * ticket of its wait for a row, and then for one of them; how many rows it has locked. On any query, where a cache stands
 * beside: the moment as of which it sees what is there (`ObjectWrites`).
 */
export const visit = notes({ position: 'note1', patience: 'note2', held: 'note3', sees: 'note4' })
