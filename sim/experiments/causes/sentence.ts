import type { Cause } from '../result.js'

type Link = Cause['chain'][number]

/**
 * What is said of the last box of a chain: as whoever waits for it meets it, and by itself. `{one|several}` is what
 * depends on how many there are.
 */
const TOLD: Readonly<Record<string, readonly [behind: string, alone: string]>> = {
  silent: ['did not answer', 'did not answer'],
  'machine dead': ['whose {machine was|machines were} dead', '{was on a dead machine|were on dead machines}'],
  'cut off': ['which {was|were} cut off', '{was|were} cut off'],
  hangs: ['which hung', 'hung'],
  'process gone': ['whose {process was|processes were} gone', 'had no process that listened'],
  slowed: ['which {was|were} slower than usual', '{was|were} slower than usual'],
  'CPU full': ['whose CPU was full', 'had a CPU that was full'],
  'full by itself': [
    'which {was full by its|were full by their} own work',
    '{was full by its|were full by their} own work',
  ],
  'slow by itself': ['which took {its|their} time', 'took {its|their} time'],
  full: ['which had no place left', 'had no place left'],
  'no server up': ['which had no server that was up', 'had no server that was up'],
  'process died': [
    'which broke off the connections when {it|they} died',
    'broke off the connections when {it|they} died',
  ],
  errors: ['which answered with errors, by a fault', 'answered with errors, by a fault'],
  'limit reached': [
    'which let through no more than {its|their} limit',
    'let through no more than {its|their} limit',
  ],
  'certificate expired': ['whose certificate had expired', 'had a certificate that had expired'],
  filtered: ['which took them for an attack', 'took them for an attack'],
  'name not found': ['which could not resolve the name', 'could not resolve the name'],
  'read only': ['which took no writes', 'took no writes'],
  'no majority': [
    'which {was|were} not in the primary component of the cluster',
    '{was|were} not in the primary component of the cluster',
  ],
  conflict: [
    'which rolled writes back since others wrote the same rows first',
    'rolled writes back since others wrote the same rows first',
  ],
  failed: ['which failed them', 'failed them'],
  'packets lost': ['where packets were lost', 'lost packets'],
  long: ['which took long', 'took long'],
  'line full': ['which {was|were} full', '{was|were} full'],
  'interface full': ['which {was|were} full', '{was|were} full'],
  'idle connections': [
    'which had no place left, most of them held by connections without a request',
    'had no place left, most of them held by connections without a request',
  ],
  'gave up': ['which gave up', 'gave up'],
  'turned away by rule': ['which turned them away by rule', 'turned them away by rule'],
  'other version': ['which had another version of them', 'had another version of them'],
  'no port left': ['which had no port left to connect from', 'had no port left to connect from'],
  'connection table full': [
    'whose connection table was full, most of it of connections that had ended or were never completed',
    'had a connection table that was full, most of it of connections that had ended or were never completed',
  ],
  moved: ['which {was|were} called at an address of before', '{was|were} called at an address of before'],
  'SYN queue full': ['whose SYN queue was full', 'had a SYN queue that was full'],
}

const OF: Readonly<Record<Cause['explains'], string>> = {
  time: 'of the time of the requests that failed or were late',
  failures: 'of the requests that failed',
}

/** Where only what there is beyond the same visitors without a loss counts. */
const OF_MORE: Readonly<Record<Cause['explains'], string>> = {
  time: 'of the time that the loss adds to requests that failed or were late',
  failures: 'of the failures that the loss adds',
}

/** `app-1 was full because those in it waited for mysql-2, whose machine was dead: 94 % of ...`. */
export function sentence(
  explains: Cause['explains'],
  chain: readonly Link[],
  share: number,
  isBeyond: boolean,
): string {
  return `${words(chain)}: ${Math.round(share * 100)}% ${(isBeyond ? OF_MORE : OF)[explains]}.`
}

function words(chain: readonly Link[]): string {
  const last = chain.at(-1)!
  const [first, ...between] = chain.slice(0, -1)
  const [behind, alone] = TOLD[last.what]!
  if (first === undefined) return `${named(last)} ${inflected(alone, last)}`
  if (first.what === 'no server up')
    return `${named(first)} had no server that was up, for ${named(last)} ${inflected(alone, last)}`
  if (first.what === 'gave up') return `${named(first)} gave up ${named(last)}, ${inflected(behind, last)}`
  const end = `${named(last)}${last.what === 'silent' ? ', which' : ','} ${inflected(behind, last)}`
  if (first.what !== 'full') return `${named(first)} waited for ${end}`
  const way = between.map((link) =>
    link.what === 'waited'
      ? `${named(link)}, which waited for `
      : `${named(link)}, which ${inflected('{was|were}', link)} full of those that waited for `,
  )
  return `${named(first)} ${inflected('{was|were}', first)} full because those in ${isOne(first) ? 'it' : 'them'} waited for ${way.join('')}${end}`
}

const isOne = ({ twins }: Link): boolean => twins === undefined

/** `app-1`, `app-1 and app-2`, `app-1, app-2 and 3 more`, `the wire app-1 -> db`, `the network interface of web-1`. */
function named({ component, what: state, twins = [] }: Link): string {
  const [one, several] = component.includes(' -> ')
    ? ['the wire ', 'the wires ']
    : state === 'interface full'
      ? ['the network interface of ', 'the network interfaces of ']
      : ['', '']
  const what = twins.length === 0 ? one : several
  if (twins.length === 0) return what + component
  if (twins.length === 1) return `${what}${component} and ${twins[0]}`
  return twins.length === 2
    ? `${what}${component}, ${twins[0]} and ${twins[1]}`
    : `${what}${component}, ${twins[0]} and ${twins.length - 1} more`
}

const inflected = (text: string, link: Link): string =>
  text.replace(/\{(.*?)\|(.*?)\}/g, isOne(link) ? '$1' : '$2')
