import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Identity, identityOf } from '../pools/identity.js'
import { home } from './home.js'

/** Of this program, as its package says. */
export const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
  version: string
}

/** Of this program as it is built. */
export const identity = (): Identity => identityOf(version, pathToFileURL(path.join(home, 'dist/')))
