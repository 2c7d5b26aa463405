import { MOST_FILES, MOST_TEXT } from '../bounds.js'
import type { Text } from '../messages.js'

/*
 * A scenario in the address of the page, behind the number sign, which no browser sends anywhere: `#1.` and the text
 * with the files that it names, as JSON, deflated, in base64url; with `beside` the one that it is compared with. The digit is the version of this form. `#@NAME` is a
 * scenario that comes with the program.
 */

const FORM = '1.'
/** Characters of an address that are read. */
const MOST_CHARACTERS = 64 * 1024
const MOST_NAME = 200

/** What an address asks for. */
type Asked =
  | { readonly type: 'nothing' }
  | { readonly type: 'shipped'; readonly id: string }
  | { readonly type: 'scenario'; readonly scenario: Text; readonly beside: Text | null }
  /** A sentence for who followed it. */
  | { readonly type: 'unreadable'; readonly message: string }

/** What stands behind the number sign for this scenario. @param beside what it is compared with; null for nothing */
export async function hashOf(scenario: Text, beside: Text | null = null): Promise<string> {
  const held = beside === null ? plain(scenario) : { ...plain(scenario), beside: plain(beside) }
  const json = new TextEncoder().encode(JSON.stringify(held))
  const deflated = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return FORM + base64url(await bytesOf(deflated, Number.POSITIVE_INFINITY))
}

const plain = ({ text, file, files }: Text): Text => ({ text, file, files })

/** @param hash with or without its number sign */
export async function askedIn(hash: string): Promise<Asked> {
  const given = hash.replace(/^#/, '')
  if (given === '') return { type: 'nothing' }
  if (given.startsWith('@')) return { type: 'shipped', id: decoded(given.slice(1)) }
  if (!given.startsWith(FORM)) return unreadable('it is no scenario of this version of the page')
  if (given.length > MOST_CHARACTERS) return unreadable('it is longer than 64 kB')
  try {
    return { type: 'scenario', ...(await scenariosIn(given.slice(FORM.length))) }
  } catch (error) {
    return unreadable(error instanceof Bad ? error.message : 'it was cut short or changed on its way')
  }
}

const unreadable = (why: string): Asked => ({
  type: 'unreadable',
  message: `The scenario in this address cannot be read: ${why}.`,
})

class Bad extends Error {}

async function scenariosIn(coded: string): Promise<{ scenario: Text; beside: Text | null }> {
  const bytes = Uint8Array.from(atob(coded.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  // A few characters can be told to repeat for ever.
  const json = await bytesOf(inflated, MOST_TEXT)
  const value: { beside?: unknown } | null = JSON.parse(
    new TextDecoder('utf-8', { fatal: true }).decode(json),
  )
  const scenario = bounded(textIn(value))
  return { scenario, beside: value?.beside === undefined ? null : bounded(textIn(value.beside)) }
}

/** @throws Bad where it is too large */
function bounded(scenario: Text): Text {
  const names = Object.keys(scenario.files)
  if (names.length > MOST_FILES) throw new Bad(`it holds more than ${MOST_FILES} files`)
  if ([scenario.file, ...names].some((name) => name.length > MOST_NAME))
    throw new Bad(`a name of a file in it is longer than ${MOST_NAME} characters`)
  return scenario
}

/** @throws Bad where it is something else */
export function textIn(value: unknown): Text {
  const { text, file, files = {} } = (value ?? {}) as Partial<Record<keyof Text, unknown>>
  const others = typeof files === 'object' && files !== null ? Object.entries(files) : []
  const sound = typeof files === 'object' && others.every(([, other]) => typeof other === 'string')
  if (typeof text !== 'string' || typeof file !== 'string' || !sound) throw new Bad('it holds no scenario')
  return { text, file, files: Object.fromEntries(others) as Record<string, string> }
}

/** @throws Bad where there are more than `most` */
async function bytesOf(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > most) {
      await reader.cancel()
      throw new Bad(`it holds more than ${MOST_TEXT / 1024} kB`)
    }
    parts.push(value)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function base64url(bytes: Uint8Array): string {
  let text = ''
  // Not all at once: they are arguments of one call.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
