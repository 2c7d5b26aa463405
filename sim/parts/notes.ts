/**
 * Where a box keeps whole numbers on a request while that is in it. All begin with 0, and are 0 again when the request
 * goes on to another box.
 */
export interface Notes {
  note1: number
  note2: number
  note3: number
  note4: number
  note5: number
}

/** Where the queue or the processor that has a request keeps what it has to know: it is in one of them at a time. */
export interface Marks {
  /** Seconds. */
  moment: number
  /** A ticket of the kernel; 0 for none. */
  place: number
}

type Slots = Notes & Marks

/**
 * Names what one kind of box (or a queue, or a processor) notes on a request, each in a slot of its own:
 *
 *     const visit = notes({ server: 'note1', tries: 'note2' })
 *     request[visit.tries]++
 *
 * The slots themselves are read and written in no other way. Reading one takes as long as reading a field.
 */
export function notes<const Names extends Record<string, keyof Slots>>(names: Names): Readonly<Names> {
  const slots = Object.values(names)
  const twice = slots.find((slot, i) => slots.indexOf(slot) < i)
  if (twice !== undefined) throw new Error(`two names for ${twice}: ${Object.keys(names).join(', ')}`)
  return names
}
