import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { built, root } from './built.js'

/**
 * Before all tests: the command line is tested as it is installed, from `dist/`. It is built again where a source is
 * newer; here and not by a test file, since another may be running what is built.
 */
export default function build(): void {
  const main = built('cli/main.js')
  const since = existsSync(main) ? statSync(main).mtimeMs : 0
  const newer = ['sim', 'cli', 'pools', 'reports', 'studio'].some((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).some(
      (file) => /\.(ts|css|mjs)$/.test(file) && statSync(path.join(root, folder, file)).mtimeMs > since,
    ),
  )
  if (newer) execFileSync('node', ['build.mjs'], { cwd: root, stdio: 'inherit' })
}
