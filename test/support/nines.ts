import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { built, root } from './built.js'

/** A test that fails leaves nothing running. */
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** A folder of its own for a test. */
export const folder = (): string => mkdtempSync(path.join(tmpdir(), 'nines-test-'))

/** A file in `into`. */
export function file(into: string, name: string, text: string): string {
  const at = path.join(into, name)
  writeFileSync(at, text)
  return at
}

/** One queue, `seconds` long. */
export const queueOf = (seconds: number, arrive = 'poisson(80/s)'): string =>
  `lasts: ${seconds}s\nusers: { web: { arrive: ${arrive}, to: q } }\ncomponents: { q: { kind: service, service: exponential(10ms) } }\n`

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A program that runs; what it wrote so far, and its end. */
export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Waits until `what` stands in what it wrote to standard error, so many times. */
  says(what: string, times?: number): Promise<void>
}

export interface StartOptions {
  /** Of `hooks/`, loaded into all threads. */
  hook?: string
  /** Further options of node. */
  node?: readonly string[]
  env?: Record<string, string>
  /** Another build of the program. */
  main?: string
}

/** Starts the built program. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const { hook, node = [], env = {}, main = built('cli/main.js') } = options
  const imports = hook === undefined ? [] : ['--import', new URL(`hooks/${hook}.mjs`, import.meta.url).href]
  const child = spawn('node', [...imports, ...node, main, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  })
  children.add(child)
  child.on('close', () => children.delete(child))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const says = (what: string, times = 1) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.split(what).length > times && resolve()
      child.stderr.on('data', look)
      child.on('close', () => reject(new Error(`it ended without saying "${what}", but: ${stderr}`)))
      look()
    })
  return { process: child, ended, says }
}

/** Runs the built program to its end. */
export const nines = (...args: string[]): Promise<Ended> => start(args).ended
