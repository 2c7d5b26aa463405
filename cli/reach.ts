import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { Unusable } from './exit.js'
import { reasonOf } from './reasons.js'

/**
 * Where the files may lie that a scenario names: below its own folder; below the working directory, where the scenario
 * is below that too; and below what `--allow` says. A scenario of a stranger reads nothing else.
 */
export class Reach {
  private readonly roots: readonly string[]

  constructor(folder: string, allow: readonly string[]) {
    const own = [folder, real(folder)]
    const here = process.cwd()
    // The whole machine is nobody's project.
    const working = isBelow(own[1]!, here) && path.dirname(here) !== here ? [here] : []
    this.roots = [...own, ...working, ...allow.flatMap(allowed)].map((root) => path.resolve(root))
  }

  /** The name of `file` without links; throws, in words, where it lies elsewhere. */
  realOf(file: string): string {
    let found = path.resolve(file)
    let failure: unknown = null
    try {
      found = real(file)
    } catch (error) {
      failure = error
    }
    // What lies elsewhere is not even told to be missing.
    if (!this.roots.some((root) => isBelow(found, root)))
      throw new Error('it is not below the folder of the scenario, and no --allow says that it may be read')
    if (failure !== null) throw failure
    return found
  }
}

/** Opens a regular file whose name has no links in it; throws, in words, on everything else, and never waits for a pipe. */
export function openRegular(file: string): number {
  checkRegular(lstatSync(file))
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    checkRegular(fstatSync(handle))
  } catch (error) {
    closeSync(handle)
    throw error
  }
  return handle
}

function checkRegular(stats: ReturnType<typeof fstatSync>): void {
  if (stats.isDirectory()) throw new Error('it is a folder')
  if (!stats.isFile()) throw new Error('it is no regular file')
}

function allowed(folder: string): string[] {
  try {
    if (folder === '') throw new Error('it has no name')
    if (!statSync(folder).isDirectory()) throw new Error('it is no folder')
    return [folder, real(folder)]
  } catch (error) {
    throw new Unusable(`--allow: expected a folder, not ${folder === '' ? '""' : folder}: ${reasonOf(error)}`)
  }
}

const real = (name: string): string => realpathSync(name)

function isBelow(file: string, folder: string): boolean {
  const way = path.relative(folder, file)
  return !path.isAbsolute(way) && way.split(path.sep)[0] !== '..'
}
