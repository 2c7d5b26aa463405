// The program's random numbers as 32-bit words on standard output, for a battery of tests:
//   npm run build && node studies/streams.mjs [high | low | lineages [first visitor]] | dieharder -g 200 ...
//
// Interleaved as a run interleaves them: for one visitor after another, from each of 1,000 named streams, two
// numbers of the first try and two of the second. What the names, keys, tries and counts have in common stands
// close together here. `high` (the default) writes the first 32 of the 53 bits, `low` the last 32. `lineages` writes the
// first 32 of four numbers that are drawn for as many calls on behalf of one visitor: the second and third thing that a box
// asks for, and the second try of either.
import { writeSync } from 'node:fs'
import { lineageOf, Stream, wordOf } from '../dist/sim/random/stream.js'

const STREAMS = 1000
const part = process.argv[2] ?? 'high'
if (!['high', 'low', 'lineages'].includes(part))
  throw new Error(`expected high, low or lineages, not ${part}`)
// 2^53 times the number is whole; a typed array of words keeps its last 32 bits.
const factor = part === 'low' ? 2 ** 53 : 2 ** 32

const streams = Array.from({ length: STREAMS }, (_, i) => new Stream(`1/${i % 20}/app-${i}/service`))
const LINEAGES = [1, 2].flatMap((step) => [0, 1].map((retry) => lineageOf(0, wordOf('app-1'), step, retry)))
const words = new Uint32Array(STREAMS * 4)
const bytes = new Uint8Array(words.buffer)

for (let visitor = Number(process.argv[3] ?? 0); ; visitor++) {
  let at = 0
  for (const stream of streams) at = (part === 'lineages' ? calls : tries)(stream, visitor, at)
  if (!write(bytes)) break
}

/** Two numbers of each of the first two tries. */
function tries(stream, visitor, from) {
  let at = from
  for (let attempt = 0; attempt < 2; attempt++) {
    stream.at(visitor, attempt)
    words[at++] = stream.next() * factor
    words[at++] = stream.next() * factor
  }
  return at
}

/** The first number of each of four calls. */
function calls(stream, visitor, from) {
  let at = from
  for (const lineage of LINEAGES) words[at++] = stream.at(visitor, 0, 0, lineage).next() * factor
  return at
}

/** Whether somebody still reads. */
function write(buffer) {
  try {
    for (let sent = 0; sent < buffer.length; ) sent += writeSync(1, buffer, sent)
    return true
  } catch (error) {
    if (error.code === 'EPIPE') return false
    throw error
  }
}
